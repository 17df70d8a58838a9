#include "tool/check/model/machine.h"

#include <algorithm>
#include <tuple>

#include "tool/check/model/describe.h"
#include "tool/check/model/local.h"
#include "tool/check/model/memory.h"
#include "tool/check/model/visible.h"

namespace chansan::model {
namespace {

// A goroutine that computes this long without a visible operation is left.
constexpr std::size_t kStepsMax = 20000;
// Conditions that neither side of which synchronizes still fork the values.
constexpr std::size_t kForksMax = 64;

// Whether the instruction, harmless as a rule, may end the program here, or
// may be what makes another's do so: then its order matters.
bool may_be_fatal(const State& state, const Goroutine& goroutine,
                  const Instruction& at) {
  if (at.op == Op::kStop) return true;
  if (at.op != Op::kUnlock && at.op != Op::kRUnlock) return false;
  const auto& registers = goroutine.frames.back().registers;
  const Object* object =
      at.a < registers.size() ? object_of(state, registers[at.a]) : nullptr;
  if (!object || object->open) return false;
  const bool either = at.op == Op::kUnlock && at.imm == 1;
  if (at.op == Op::kUnlock && !(either && object->owner == 0))
    return object->owner != goroutine.id;
  return !std::ranges::binary_search(object->readers, goroutine.id);
}

std::optional<std::size_t> first_unsettled(const Program& program,
                                           const State& state, const Root& root,
                                           std::size_t from) {
  for (std::size_t i = from; i < state.goroutines.size(); ++i) {
    const Goroutine& goroutine = state.goroutines[i];
    const Instruction* at = current(program, goroutine);
    if (goroutine.armed) continue;
    if (!at || is_visible(*at) || may_be_fatal(state, goroutine, *at)) continue;
    // When main returns the others are cut off: that is visible.
    const bool exits = at->op == Op::kReturn && root.is_main &&
                       goroutine.id == 1 && goroutine.frames.size() == 1;
    if (!exits) return i;
  }
  return std::nullopt;
}

bool is_lock(Op op) { return op == Op::kLock || op == Op::kRLock; }

}  // namespace

bool is_visible(const Instruction& instruction) {
  switch (instruction.op) {
    case Op::kSend:
    case Op::kRecv:
    case Op::kClose:
    case Op::kSelect:
    case Op::kLock:
    case Op::kRLock:
    case Op::kTryLock:
    case Op::kAdd:
    case Op::kDone:
    case Op::kWait:
    case Op::kPhase:
    case Op::kJoin:
    case Op::kOnceEnter:
    case Op::kAcquire:
    case Op::kAtomicLoad:
    case Op::kAtomicStore:
    case Op::kAtomicRmw:
    case Op::kYield:
    case Op::kCancel:
    case Op::kCondEnter:
    case Op::kCondWait:
    case Op::kNotify:
    case Op::kDisarm:
      return true;
    default:
      return false;
  }
}

const Instruction* current(const Program& program, const Goroutine& goroutine) {
  if (goroutine.frames.empty()) return nullptr;
  const Frame& frame = goroutine.frames.back();
  return &program.functions[frame.function].code[frame.pc];
}

State Machine::initial() {
  State state;
  add_segment(state, program_.globals, kNoFunction, kNoSite);
  Goroutine main;
  main.id = state.next_id++;
  state.goroutines.push_back(std::move(main));
  const auto enter = [&](FunctionId id) {
    const Function& function = program_.functions[id];
    Frame frame;
    frame.function = id;
    frame.registers.resize(function.registers);
    frame.loops.resize(function.loops.size());
    frame.segment = add_segment(state, function.cells, id, function.site);
    state.segments[frame.segment].owner = 1;
    return frame;
  };
  Frame root = enter(root_.function);
  // The caller of a function that is not main is not seen: it may pass
  // anything.
  if (!root_.is_main)
    for (const Parameter& parameter :
         program_.functions[root_.function].parameters)
      for (std::uint32_t n = 0; n < parameter.cells; ++n) {
        Value& cell = state.segments[root.segment].cells[parameter.offset + n];
        if (cell.kind == Kind::kObject)
          state.objects[cell.index].open = true;
        else
          cell = fresh_symbol(state);
      }
  auto& frames = state.goroutines[0].frames;
  frames.push_back(std::move(root));
  if (program_.initialise != kNoFunction)
    frames.push_back(enter(program_.initialise));
  return state;
}

std::vector<State> Machine::settle(State state) {
  std::vector<State> settled;
  std::vector<State> work;
  work.push_back(std::move(state));
  std::size_t forks = 0;
  std::size_t steps = 0;
  while (!work.empty()) {
    State now = std::move(work.back());
    work.pop_back();
    bool kept = true;
    std::size_t from = 0;
    while (kept && !now.ended) {
      // Those before the last one were settled; a look at the end makes sure.
      auto position = first_unsettled(program_, now, root_, from);
      if (!position && from != 0)
        position = first_unsettled(program_, now, root_, 0);
      if (!position) break;
      from = *position;
      ++steps_;
      if (++steps > kStepsMax) {
        drop();
        kept = false;
        break;
      }
      Local local(*this, now, static_cast<std::uint32_t>(*position));
      const Local::Turn turn = local.step();
      if (turn == Local::Turn::kDrop) kept = false;
      if (turn != Local::Turn::kFork) continue;
      if (++forks > kForksMax) {
        drop();
        kept = false;
        break;
      }
      State other = now;
      Local there(*this, other, static_cast<std::uint32_t>(*position));
      if (there.take_side(false))
        work.push_back(std::move(other));
      else
        drop();
      kept = local.take_side(true);
      if (!kept) drop();
    }
    if (kept) settled.push_back(std::move(now));
  }
  return settled;
}

std::vector<Transition> Machine::transitions(const State& state) const {
  std::vector<Transition> found;
  if (state.ended) return found;
  std::vector<ChannelOffer> all;
  const auto count = static_cast<std::uint32_t>(state.goroutines.size());
  for (std::uint32_t i = 0; i < count; ++i)
    for (const ChannelOffer& offer : offers_of(program_, state, i))
      all.push_back(offer);
  std::vector<ChannelOffer> receivers;  // by their channels
  for (const ChannelOffer& offer : all)
    if (!offer.send && !offer.nil && !offer.unknown) receivers.push_back(offer);
  std::ranges::sort(receivers, {}, [](const ChannelOffer& offer) {
    return std::tuple(offer.channel, offer.actor, offer.select_case);
  });
  std::vector<bool> ready(count);
  for (const ChannelOffer& offer : all) {
    if (alone(state, offer)) {
      found.push_back({offer.actor, offer.select_case, {}, -1});
      ready[offer.actor] = true;
    }
    if (offer.nil || offer.unknown || !offer.send ||
        state.objects[offer.channel].count != 0 ||
        state.objects[offer.channel].closed)
      continue;
    for (const ChannelOffer& other : std::ranges::equal_range(
             receivers, offer.channel, {}, &ChannelOffer::channel)) {
      if (other.actor == offer.actor) continue;
      found.push_back(
          {offer.actor, offer.select_case, other.actor, other.select_case});
      ready[offer.actor] = ready[other.actor] = true;
    }
  }
  for (std::uint32_t i = 0; i < count; ++i) {
    const Instruction* at = current(program_, state.goroutines[i]);
    if (state.goroutines[i].armed) {
      found.push_back({i, -1, {}, -1});
      continue;
    }
    if (!at || at->op == Op::kSend || at->op == Op::kRecv) continue;
    if (at->op == Op::kSelect) {
      const auto& cases = program_.selects[static_cast<std::size_t>(at->imm)];
      const bool has_default =
          std::ranges::any_of(cases, [](const SelectCase& one) {
            return one.kind == SelectCase::Kind::kDefault;
          });
      if (has_default && !ready[i]) found.push_back({i, -1, {}, -1});
    } else if (enabled(program_, state, i) || may_queue(program_, state, i)) {
      found.push_back({i, -1, {}, -1});
    }
  }
  return found;
}

void Machine::inspect(const State& state) {
  if (state.after_main) return;
  for (const Goroutine& goroutine : state.goroutines) {
    const Instruction* at = current(program_, goroutine);
    if (!at) continue;
    const auto& registers = goroutine.frames.back().registers;
    if (at->a >= registers.size()) continue;
    const Value& operand = registers[at->a];
    Misuse misuse;
    misuse.site = at->site;
    misuse.goroutine = goroutine.id;
    if ((at->op == Op::kSend || at->op == Op::kRecv) &&
        is_nil(state, operand)) {
      misuse.kind = Misuse::Kind::kNilOperation;
      misuse.object = at->op == Op::kSend ? "send on" : "receive from";
    } else if (is_lock(at->op)) {
      const Object* lock = object_of(state, operand);
      if (!lock || lock->open) continue;
      if (lock->recursive && at->op == Op::kLock) continue;
      const bool reads_again =
          at->op == Op::kRLock &&
          std::ranges::binary_search(lock->readers, goroutine.id);
      if (lock->owner != goroutine.id && !reads_again) continue;
      misuse.kind = reads_again ? Misuse::Kind::kRecursiveRead
                                : Misuse::Kind::kDoubleLock;
      misuse.object = describe(program_, lock);
      misuse.object_site = lock->made_at;
      misuse.other = lock->changed_at;
      misuse.other_goroutine = lock->changed_by;
    } else {
      continue;
    }
    notes_.misuses.push_back(std::move(misuse));
  }
}

void Machine::apply(State& state, const Transition& transition) {
  Visible(*this, state).apply(transition);
}

std::optional<Waiting> Machine::waiting_at(const State& state,
                                           std::uint32_t position) const {
  const Goroutine& goroutine = state.goroutines[position];
  const Instruction* at = current(program_, goroutine);
  Waiting one;
  one.goroutine = goroutine.id;
  one.site = at->site;
  one.op = at->op;
  one.range = at->op == Op::kRecv && at->imm == 1;
  one.text = describe_wait(program_, state, goroutine, *at);
  one.immortal = std::ranges::any_of(goroutine.frames, [&](const Frame& frame) {
    return !program_.functions[frame.function].returns[frame.pc];
  });
  for (const Object& lock : state.objects)
    if (lock.owner == goroutine.id && lock.type == Object::Type::kMutex)
      one.holds.push_back(lock.changed_at);
  const auto& registers = goroutine.frames.back().registers;
  const Object* object =
      at->a < registers.size() ? object_of(state, registers[at->a]) : nullptr;
  one.nil = !object && (at->op == Op::kSend || at->op == Op::kRecv);
  if (at->op == Op::kSelect)
    one.cases = offers_of(program_, state, position).size();
  if (!object) return one;
  if (object->open) return std::nullopt;  // someone else may help
  // What was waited for may have come unseen.
  if (at->op == Op::kCondWait && goroutine.doubtful) return std::nullopt;
  one.object_site = object->made_at;
  one.object = describe(program_, object);
  one.unbuffered = object->count == 0;
  one.context = object->context;
  if (is_lock(at->op)) one.owner = object->owner;
  one.reads_again = at->op == Op::kRLock &&
                    std::ranges::binary_search(object->readers, goroutine.id);
  return one;
}

std::vector<Waiting> Machine::waiting(const State& state) const {
  std::vector<Waiting> waiting;
  if (state.truncated) return {};
  for (std::uint32_t i = 0; i < state.goroutines.size(); ++i) {
    if (!current(program_, state.goroutines[i])) continue;
    auto one = waiting_at(state, i);
    if (!one) return {};
    waiting.push_back(std::move(*one));
  }
  return waiting;
}

}  // namespace chansan::model
