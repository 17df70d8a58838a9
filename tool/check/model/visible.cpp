#include "tool/check/model/visible.h"

#include <algorithm>

#include "tool/check/model/describe.h"
#include "tool/check/model/memory.h"

namespace chansan::model {
namespace {

std::uint32_t index_of(const State& state, const Object* object) {
  return static_cast<std::uint32_t>(object - state.objects.data());
}

ChannelOffer make_offer(const State& state, std::uint32_t actor, bool send,
                        Register reg, std::int32_t select_case) {
  ChannelOffer offer;
  offer.actor = actor;
  offer.send = send;
  offer.select_case = select_case;
  const Value value = value_of(state.goroutines[actor], reg);
  const Object* object = object_of(state, value);
  offer.nil = !object && is_nil(state, value);
  offer.unknown = !offer.nil && (!object || object->open ||
                                 (object->timer && !object->closed) ||
                                 object->type != Object::Type::kChannel);
  offer.known = object != nullptr;
  if (object) offer.channel = index_of(state, object);
  return offer;
}

const std::vector<SelectCase>& cases_of(const Program& program,
                                        const Instruction& instruction) {
  return program.selects[static_cast<std::size_t>(instruction.imm)];
}

bool ended(const State& state, const Object& object) {
  if (object.type != Object::Type::kThreads) return object.closed;
  return std::ranges::all_of(object.values, [&](const Value& value) {
    return value.kind != Kind::kObject || state.objects[value.index].closed;
  });
}

}  // namespace

Value value_of(const Goroutine& goroutine, Register reg) {
  const auto& registers = goroutine.frames.back().registers;
  return reg < registers.size() ? registers[reg] : Value{};
}

std::vector<ChannelOffer> offers_of(const Program& program, const State& state,
                                    std::uint32_t actor) {
  std::vector<ChannelOffer> offers;
  const Instruction* at = current(program, state.goroutines[actor]);
  if (!at || state.goroutines[actor].armed) return offers;
  if (at->op == Op::kSend || at->op == Op::kRecv) {
    offers.push_back(make_offer(state, actor, at->op == Op::kSend, at->a, -1));
  } else if (at->op == Op::kSelect) {
    const auto& cases = cases_of(program, *at);
    for (std::size_t i = 0; i < cases.size(); ++i) {
      const SelectCase& one = cases[i];
      if (one.kind == SelectCase::Kind::kDefault) continue;
      offers.push_back(make_offer(state, actor,
                                  one.kind == SelectCase::Kind::kSend,
                                  one.channel, static_cast<std::int32_t>(i)));
    }
  }
  return offers;
}

bool alone(const State& state, const ChannelOffer& offer) {
  if (offer.nil) return false;
  if (offer.unknown) return true;
  const Object& channel = state.objects[offer.channel];
  if (channel.closed) return true;
  const auto buffered = static_cast<std::int64_t>(channel.values.size());
  return offer.send ? buffered < channel.count : buffered > 0;
}

bool enabled(const Program& program, const State& state, std::uint32_t actor) {
  const Goroutine& goroutine = state.goroutines[actor];
  const Instruction& at = *current(program, goroutine);
  const Value value = value_of(goroutine, at.a);
  const Object* object = object_of(state, value);
  if (!object) return true;
  const auto is_free = [](const Object* lock) {
    return !lock || lock->type != Object::Type::kMutex ||
           (lock->owner == 0 && lock->readers.empty());
  };
  switch (at.op) {
    case Op::kLock:
      return (is_free(object) ||
              (object->recursive && object->owner == goroutine.id)) &&
             std::ranges::all_of(at.args, [&](const Argument& other) {
               return is_free(object_of(state, value_of(goroutine, other.reg)));
             });
    case Op::kRLock:
      return object->owner == 0 && object->writer == 0;
    case Op::kCondWait:
      return object->open || std::ranges::find(object->readers, goroutine.id) ==
                                 object->readers.end();
    case Op::kWait:
      return object->open || object->count == 0;
    case Op::kJoin:
      return object->open || ended(state, *object) ||
             (at.imm == 1 && object->promise);
    case Op::kPhase: {
      const Value phase = value_of(goroutine, at.b);
      return object->open || phase.kind != Kind::kInt ||
             object->values[1] != phase;
    }
    case Op::kOnceEnter:
      return object->closed || object->owner == 0;
    case Op::kAcquire: {
      const Value permits = value_of(goroutine, at.b);
      return object->open || permits.kind != Kind::kInt ||
             object->count >= permits.number;
    }
    default:
      return true;
  }
}

bool may_queue(const Program& program, const State& state,
               std::uint32_t actor) {
  const Goroutine& goroutine = state.goroutines[actor];
  const Instruction& at = *current(program, goroutine);
  if (at.op != Op::kLock || !at.args.empty()) return false;
  const Object* lock = object_of(state, value_of(goroutine, at.a));
  return lock && lock->owner == 0 && !lock->readers.empty() &&
         lock->writer == 0;
}

void Visible::tell(std::uint32_t actor, SiteId site, std::string text) {
  if (text.empty()) return;
  state_.steps.push_back({state_.goroutines[actor].id, site, std::move(text)});
}

void Visible::apply(const Transition& transition) {
  if (transition.receiver) {
    rendezvous(transition);
    return;
  }
  const std::uint32_t actor = transition.actor;
  const Instruction& at = *current(program_, state_.goroutines[actor]);
  if (state_.goroutines[actor].armed) {
    state_.goroutines[actor].armed = false;
    tell(actor,
         program_.functions[state_.goroutines[actor].frames.back().function]
             .site,
         "its timer fires");
    return;
  }
  for (const ChannelOffer& offer : offers_of(program_, state_, actor))
    if (offer.select_case == transition.select_case) {
      channel(transition, offer);
      return;
    }
  if (at.op == Op::kSelect) {  // its default
    Local local(machine_, state_, actor);
    local.set(at.dst, make_int(-1));
    ++local.frame().pc;
    return;
  }
  simple(actor, at);
}

Value Visible::sent_value(const ChannelOffer& offer,
                          const Instruction& instruction) {
  const Register reg =
      offer.select_case < 0
          ? instruction.b
          : cases_of(program_,
                     instruction)[static_cast<std::size_t>(offer.select_case)]
                .value;
  return value_of(state_.goroutines[offer.actor], reg);
}

void Visible::finish_offer(const ChannelOffer& offer,
                           const Instruction& instruction, bool has,
                           const Value& value) {
  Local local(machine_, state_, offer.actor);
  if (offer.select_case >= 0) {
    const SelectCase& one = cases_of(
        program_, instruction)[static_cast<std::size_t>(offer.select_case)];
    local.set(instruction.dst, make_int(offer.select_case));
    local.set(one.has, make_int(has));
    local.set(one.payload, value);
  } else if (!offer.send) {
    local.set(instruction.dst, make_int(has));
    local.set(instruction.c, value);
  }
  ++local.frame().pc;
}

void Visible::note_range(const ChannelOffer& offer,
                         const Instruction& instruction) {
  if (offer.select_case >= 0 || instruction.imm != 1) return;
  const Object& channel = state_.objects[offer.channel];
  machine_.coverage_.ranges.try_emplace({instruction.site, channel.made_at},
                                        describe(program_, &channel));
}

// An unbuffered channel: the send and its receive are one step.
void Visible::rendezvous(const Transition& transition) {
  const auto find = [&](std::uint32_t actor, std::int32_t select_case) {
    for (const ChannelOffer& offer : offers_of(program_, state_, actor))
      if (offer.select_case == select_case) return offer;
    return ChannelOffer{};
  };
  const ChannelOffer from = find(transition.actor, transition.select_case);
  const ChannelOffer to = find(*transition.receiver, transition.receiver_case);
  Goroutine& sender = state_.goroutines[from.actor];
  Goroutine& receiver = state_.goroutines[to.actor];
  const Instruction& sends = *current(program_, sender);
  const Instruction& receives = *current(program_, receiver);
  const Object& channel = state_.objects[from.channel];
  const std::string name = describe(program_, &channel);
  const Value value = sent_value(from, sends);
  note_range(to, receives);
  tell(from.actor, sends.site,
       "sends on " + name + ", to goroutine " + std::to_string(receiver.id));
  tell(to.actor, receives.site, "receives from " + name);
  const Seen both = sender.seen | receiver.seen;
  sender.seen = receiver.seen = both;
  finish_offer(from, sends, true, {});
  finish_offer(to, receives, true, value);
}

void Visible::channel(const Transition&, const ChannelOffer& offer) {
  Goroutine& goroutine = state_.goroutines[offer.actor];
  const Instruction& at = *current(program_, goroutine);
  if (offer.unknown) {
    Local local(machine_, state_, offer.actor);
    if (offer.send) local.escape_value(sent_value(offer, at));
    const Object* timer =
        offer.known ? &state_.objects[offer.channel] : nullptr;
    if (timer && (!timer->timer || timer->open)) timer = nullptr;
    // That it goes on at all is a guess, save for a timer.
    if (timer) goroutine.seen |= timer->clock;
    if (!timer) local.taint();
    if (!timer) state_.truncated = true;
    const Value something = fresh_symbol(state_);
    state_.symbols.back().doubtful = true;
    finish_offer(offer, at, true, {});
    // Whether a value came is as unknown as the channel.
    if (!offer.send && offer.select_case < 0) local.set(at.dst, something);
    return;
  }
  tell(offer.actor, at.site,
       at.op == Op::kSelect
           ? (offer.send ? "selects a send on " : "selects a receive from ") +
                 describe(program_, &state_.objects[offer.channel])
           : describe_step(program_, state_, goroutine, at));
  if (offer.send)
    send(offer, at);
  else
    receive(offer, at);
}

// What unwinds after a panic is not followed.
void Visible::abandon(std::uint32_t actor) {
  (void)actor;
  state_.ended = true;
  machine_.drop();
}

void Visible::send(const ChannelOffer& offer, const Instruction& instruction) {
  Object& channel = state_.objects[offer.channel];
  Goroutine& goroutine = state_.goroutines[offer.actor];
  if (channel.closed) {
    Local local(machine_, state_, offer.actor);
    local.report(Misuse::Kind::kSendOnClosed, channel, instruction.site);
    abandon(offer.actor);
    return;
  }
  const std::size_t slot = channel.values.size();
  if (slot < channel.slots.size()) {
    // The receive that emptied the slot is before this send, and this send
    // before the next receive from it; earlier uses of the slot are not kept.
    goroutine.seen |= channel.slots[slot];
    channel.slots[slot] = goroutine.seen;
  }
  Value value = sent_value(offer, instruction);
  // In a long buffer every order of the senders would be a state of its own;
  // which number comes when is not worth that.
  constexpr std::int64_t kExactMax = 4;
  if (channel.count > kExactMax && value.kind == Kind::kInt) value = {};
  channel.values.push_back(value);
  finish_offer(offer, instruction, true, {});
}

void Visible::receive(const ChannelOffer& offer,
                      const Instruction& instruction) {
  Object& channel = state_.objects[offer.channel];
  Goroutine& goroutine = state_.goroutines[offer.actor];
  note_range(offer, instruction);
  if (channel.values.empty()) {  // closed
    goroutine.seen |= channel.clock;
    finish_offer(offer, instruction, false, {});
    return;
  }
  const Value value = channel.values.front();
  channel.values.erase(channel.values.begin());
  if (!channel.slots.empty()) {
    goroutine.seen |= channel.slots.front();
    channel.slots.front() = goroutine.seen;
    std::ranges::rotate(channel.slots, channel.slots.begin() + 1);
  }
  finish_offer(offer, instruction, true, value);
}

void Visible::close(std::uint32_t actor, const Instruction& instruction) {
  Local local(machine_, state_, actor);
  machine_.coverage_.closes.insert(instruction.site);
  const Value value = local.get(instruction.a);
  Object* channel = object_of(state_, value);
  if (is_nil(state_, value)) {
    local.report(Misuse::Kind::kCloseNil, Object{}, instruction.site);
    abandon(actor);
    return;
  }
  if (!channel) return;
  machine_.coverage_.closed.insert(channel->made_at);
  if (channel->open) return;
  if (channel->closed) {
    local.report(Misuse::Kind::kDoubleClose, *channel, instruction.site);
    abandon(actor);
    return;
  }
  channel->closed = true;
  channel->clock = state_.goroutines[actor].seen;
  channel->changed_at = instruction.site;
  channel->changed_by = state_.goroutines[actor].id;
}

void Visible::simple(std::uint32_t actor, const Instruction& instruction) {
  Local local(machine_, state_, actor);
  Goroutine& goroutine = state_.goroutines[actor];
  if (instruction.op == Op::kReturn && !state_.after_main) {
    local.finish(instruction);
    state_.after_main = true;
    return;
  }
  if (instruction.op == Op::kReturn || instruction.op == Op::kStop) {
    state_.ended = true;
    return;
  }
  if (instruction.op == Op::kDone || !is_visible(instruction)) {
    // What others are released by; it may throw or be fatal.
    if (local.enable_others(instruction))
      ++local.frame().pc;
    else
      abandon(actor);
    return;
  }
  tell(actor, instruction.site,
       describe_step(program_, state_, goroutine, instruction));
  if (instruction.op == Op::kClose) {
    close(actor, instruction);
    ++local.frame().pc;
    return;
  }
  const Value operand = local.get(instruction.a);
  Object* object = object_of(state_, operand);
  if (!object && instruction.c == 1) {
    atomic_cell(local, instruction);
    ++local.frame().pc;
    return;
  }
  if (!object) {
    // A thread handle that is empty joins nothing; a yield has no object.
    if (instruction.op != Op::kYield && !is_nil(state_, operand)) local.taint();
    if (instruction.dst != kNoRegister)
      local.set(instruction.dst, fresh_symbol(state_));
    ++local.frame().pc;
    return;
  }
  if (instruction.op == Op::kDisarm) {
    local.disarm(instruction);
    ++local.frame().pc;
    return;
  }
  if (instruction.op == Op::kCancel) {
    cancel(actor, static_cast<std::uint32_t>(object - state_.objects.data()),
           instruction.site);
    ++local.frame().pc;
    return;
  }
  const bool about_condition = instruction.op == Op::kCondEnter ||
                               instruction.op == Op::kCondWait ||
                               instruction.op == Op::kNotify;
  if (about_condition) {
    condition(actor, instruction, *object);
    ++local.frame().pc;
    return;
  }
  lock(actor, instruction, *object);
}

}  // namespace chansan::model
