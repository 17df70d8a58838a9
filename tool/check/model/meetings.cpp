// Barriers, promises, and atomic operations on plain cells.
#include "tool/check/model/memory.h"
#include "tool/check/model/visible.h"

namespace chansan::model {

void Local::become(const Instruction& instruction) {
  const Value address = get(instruction.a);
  Value* cell = cell_at(state_, address);
  if (!cell || cell->kind == Kind::kObject) return;
  Value made;
  const auto kind = static_cast<CellKind>(instruction.imm);
  initialise(state_, {&made, 1}, {&kind, 1}, instruction.site);
  state_.objects[made.index].open = state_.segments[address.index].open;
  *cell = made;
}

bool Local::meet(const Instruction& instruction, Object& object) {
  switch (instruction.op) {
    case Op::kRecursive:
      object.recursive = true;
      return true;
    case Op::kExpect: {
      const Value number = get(instruction.b);
      object.open = number.kind != Kind::kInt;
      object.count = number.kind == Kind::kInt ? number.number : 0;
      object.values = {number, make_int(0)};
      return true;
    }
    case Op::kArrive:
      arrive(instruction, object);
      return true;
    case Op::kFulfil:
      if (!object.closed) object.clock |= self().seen;
      object.closed = true;
      return true;
    default:
      return false;
  }
}

// Two phases are enough to tell apart: nobody can be further ahead of who
// waits, since a phase is not over before all have arrived.
void Local::arrive(const Instruction& instruction, Object& object) {
  const Value number = get(instruction.b);
  if (object.type != Object::Type::kBarrier || object.values.size() != 2 ||
      number.kind != Kind::kInt)
    object.open = true;
  if (object.open) {
    taint();
    set(instruction.dst, fresh_symbol(state_));
    return;
  }
  object.clock |= self().seen;
  set(instruction.dst, object.values[1]);
  if (instruction.imm == 1) object.values[0].number -= number.number;
  object.count -= number.number;
  if (object.count > 0) return;
  object.count = object.values[0].number;
  object.values[1].number ^= 1;
}

void Visible::atomic_cell(Local& local, const Instruction& instruction) {
  const Value address = local.get(instruction.a);
  Value* cell = cell_at(state_, address);
  const bool loads = instruction.op == Op::kAtomicLoad;
  const bool stores = instruction.op == Op::kAtomicStore;
  if (!cell) {
    local.taint();
    if (!stores) local.set(instruction.dst, fresh_symbol(state_));
    return;
  }
  local.access(address, {.write = !loads, .atomic = true}, instruction.site);
  Segment& segment = state_.segments[address.index];
  Seen& clock = segment.clocks[static_cast<std::uint32_t>(address.number)];
  Seen& seen = local.self().seen;
  const Value before = *cell;
  const bool known = !segment.open && before.kind != Kind::kUnknown;
  if (!stores)
    local.set(instruction.dst, known ? before : fresh_symbol(state_));
  if (loads) {
    if (instruction.imm) seen |= clock;
    return;
  }
  const Value operand = local.get(instruction.b);
  if (stores) {
    // A store that does not release ends the release sequence.
    clock = instruction.imm ? seen : Seen{};
    *cell = operand;
    return;
  }
  seen |= clock;
  clock |= seen;
  *cell =
      arithmetic(state_, static_cast<Arith>(instruction.imm), before, operand);
}

}  // namespace chansan::model
