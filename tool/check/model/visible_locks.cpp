// What locks, conditions, wait groups, contexts and atomics do.
#include <algorithm>

#include "tool/check/model/memory.h"
#include "tool/check/model/visible.h"

namespace chansan::model {

void Visible::condition(std::uint32_t actor, const Instruction& instruction,
                        Object& object) {
  auto& waiters = object.readers;
  if (object.type != Object::Type::kCondition) return;
  if (instruction.op == Op::kCondEnter)
    waiters.push_back(state_.goroutines[actor].id);
  if (instruction.op == Op::kNotify && !waiters.empty())
    waiters.erase(waiters.begin(),
                  instruction.imm == 1 ? waiters.end() : waiters.begin() + 1);
}

void Visible::cancel(std::uint32_t actor, std::uint32_t context, SiteId site) {
  Object& object = state_.objects[context];
  if (object.closed || object.open) return;
  object.closed = true;
  object.clock = state_.goroutines[actor].seen;
  object.changed_at = site;
  object.changed_by = state_.goroutines[actor].id;
  const std::vector<Value> children = object.children;
  for (const Value& child : children) cancel(actor, child.index, site);
}

void Visible::lock(std::uint32_t actor, const Instruction& instruction,
                   Object& object) {
  Local local(machine_, state_, actor);
  Goroutine& goroutine = state_.goroutines[actor];
  const auto take = [&](Object& lock) {
    goroutine.seen |= lock.clock | lock.reader_clock;
    if (lock.owner == goroutine.id) ++lock.count;
    lock.owner = goroutine.id;
    lock.changed_at = instruction.site;
    lock.changed_by = goroutine.id;
  };
  const auto share = [&] {
    goroutine.seen |= object.clock;
    object.readers.insert(
        std::ranges::upper_bound(object.readers, goroutine.id), goroutine.id);
  };
  // What a lock of a kind that is not modelled orders is not known.
  if (object.type == Object::Type::kOpen) local.taint();
  switch (instruction.op) {
    case Op::kLock:
      if (!object.readers.empty() && !object.open) {
        object.writer = goroutine.id;  // it queues; the lock comes later
        return;
      }
      if (object.writer == goroutine.id) object.writer = 0;
      goroutine.doubtful = false;
      take(object);
      for (const Argument& other : instruction.args)
        if (Object* lock = object_of(state_, local.get(other.reg))) take(*lock);
      break;
    case Op::kRLock:
      goroutine.doubtful = false;
      share();
      break;
    case Op::kTryLock: {
      const bool shared = instruction.imm != 0;
      const bool again =
          object.recursive && object.owner == goroutine.id && !shared;
      const bool free =
          again || (object.owner == 0 &&
                    (shared ? object.writer == 0 : object.readers.empty()));
      if (free) shared ? share() : take(object);
      local.set(instruction.dst, make_int(free));
      break;
    }
    case Op::kAdd: {
      const Value delta = local.get(instruction.b);
      note_late_add(actor, instruction, object, delta);
      if (delta.kind != Kind::kInt) object.open = true;
      if (delta.kind == Kind::kInt) object.count += delta.number;
      if (delta.kind == Kind::kInt && delta.number < 0)
        object.clock |= goroutine.seen;
      if (object.count < 0 && !object.open) {
        local.report(Misuse::Kind::kNegativeWaitGroup, object,
                     instruction.site);
        abandon(actor);
      }
      break;
    }
    case Op::kWait:
      goroutine.seen |= object.clock;
      if (object.open) local.taint();
      break;
    case Op::kPhase:
      goroutine.seen |= object.clock;
      if (object.open) local.taint();
      break;
    case Op::kJoin:
      if (instruction.imm == 1 && object.promise) break;
      if (object.open) local.taint();
      join(local, object);
      break;
    case Op::kOnceEnter:
      goroutine.seen |= object.closed ? object.clock : Seen{};
      local.set(instruction.dst, make_int(!object.closed));
      if (!object.closed) object.owner = goroutine.id;
      break;
    case Op::kAcquire: {
      const Value permits = local.get(instruction.b);
      goroutine.seen |= object.clock;
      if (permits.kind == Kind::kInt)
        object.count -= permits.number;
      else
        object.open = true;
      break;
    }
    default:
      atomic(local, instruction, object);
      break;
  }
  ++local.frame().pc;
}

// An add from zero while another goroutine is at the wait: that may see zero
// and go on.
void Visible::note_late_add(std::uint32_t actor, const Instruction& instruction,
                            const Object& object, const Value& delta) {
  if (object.open || object.count != 0 || delta.kind != Kind::kInt ||
      delta.number <= 0)
    return;
  for (std::uint32_t i = 0; i < state_.goroutines.size(); ++i) {
    const Instruction* at = current(program_, state_.goroutines[i]);
    if (i == actor || !at || at->op != Op::kWait) continue;
    if (object_of(state_, value_of(state_.goroutines[i], at->a)) != &object)
      continue;
    Local local(machine_, state_, actor);
    Object shown = object;
    shown.changed_at = at->site;
    shown.changed_by = state_.goroutines[i].id;
    local.report(Misuse::Kind::kAddRacesWait, shown, instruction.site);
    return;
  }
}

bool Visible::join(Local& local, Object& object) {
  Goroutine& goroutine = local.self();
  goroutine.seen |= object.clock;
  for (const Value& value : object.values)
    if (value.kind == Kind::kObject)
      goroutine.seen |= state_.objects[value.index].clock;
  return true;
}

void Visible::atomic(Local& local, const Instruction& instruction,
                     Object& object) {
  if (object.values.empty()) {
    // Not an atomic after all: a cell of a kind that is not modelled.
    if (instruction.op != Op::kYield) local.taint();
    if (instruction.dst != kNoRegister)
      local.set(instruction.dst, fresh_symbol(state_));
    return;
  }
  Goroutine& goroutine = local.self();
  const Value before = object.values[0];
  const bool foreign = object.open;
  switch (instruction.op) {
    case Op::kAtomicLoad:
      if (instruction.imm) goroutine.seen |= object.clock;
      local.set(instruction.dst, foreign ? fresh_symbol(state_) : before);
      break;
    case Op::kAtomicStore:
      // A store that does not release ends the release sequence.
      object.clock = instruction.imm ? goroutine.seen : Seen{};
      object.values[0] = local.get(instruction.b);
      break;
    case Op::kAtomicRmw:
      goroutine.seen |= object.clock;
      object.clock |= goroutine.seen;
      local.set(instruction.dst, foreign ? fresh_symbol(state_) : before);
      object.values[0] = arithmetic(state_, static_cast<Arith>(instruction.imm),
                                    before, local.get(instruction.b));
      break;
    default:
      break;
  }
}

}  // namespace chansan::model
