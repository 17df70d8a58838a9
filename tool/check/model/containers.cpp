// Containers whose elements are known: vectors, lists, maps. The container's
// cell leads to a block in which the elements stand one after the other.
#include <algorithm>

#include "tool/check/model/local.h"
#include "tool/check/model/memory.h"

namespace chansan::model {
namespace {

// A container that grows further is not followed.
constexpr std::size_t kElementsMax = 64;

// Whether two values that are equal can be told from two that are not.
bool is_exact(const Value& value) {
  return value.kind == Kind::kInt || value.kind == Kind::kPointer ||
         value.kind == Kind::kObject || value.kind == Kind::kNil;
}

}  // namespace

// The elements; nothing if they are not known. `grows`: an empty container
// gets its block.
Segment* Local::elements(const Value& container, bool grows) {
  Value* cell = cell_at(state_, container);
  if (!cell) return nullptr;
  if (cell->kind == Kind::kNil && grows) {
    Segment block;
    const auto [variable, global] = variable_at(container);
    block.container = variable;
    block.global = global;
    block.open = state_.segments[container.index].open;
    state_.segments.push_back(std::move(block));
    cell = cell_at(state_, container);
    *cell = {Kind::kPointer, 0,
             static_cast<std::uint32_t>(state_.segments.size() - 1), 0};
  }
  if (cell->kind != Kind::kPointer || cell->number != 0) return nullptr;
  return &state_.segments[cell->index];
}

// What is not followed any further may hold anything.
void Local::give_up(const Value& container) {
  Value* cell = cell_at(state_, container);
  if (!cell) return;
  escape_value(Value(*cell));
  *cell = fresh_symbol(state_);
}

void Local::push(const Instruction& instruction) {
  const Value container = get(instruction.a);
  const Value from = get(instruction.b);
  const auto size = static_cast<std::size_t>(instruction.imm);
  Segment* block = elements(container, /*grows=*/true);
  if (!block || block->cells.size() >= kElementsMax * size) {
    give_up(container);
    escape_value(from);
    for (std::size_t n = 0; instruction.c != 1 && n < size; ++n) {
      Value source = from;
      source.number += static_cast<std::int64_t>(n);
      if (const Value* cell = cell_at(state_, source))
        escape_value(Value(*cell));
    }
    return;
  }
  for (std::size_t n = 0; n < size; ++n) {
    Value source = from;
    source.number += static_cast<std::int64_t>(n);
    const Value* cell = instruction.c == 1 ? &from : cell_at(state_, source);
    const Value value = cell ? *cell : Value{};
    if (block->open) escape_value(value);
    block->cells.push_back(value);
  }
}

void Local::add_elements(const Value& container, std::int64_t count,
                         LayoutId layout) {
  Segment* block = elements(container, /*grows=*/true);
  const auto& kinds = program_.layouts[layout].cells;
  const std::size_t size = kinds.size();
  const auto wanted =
      static_cast<std::size_t>(std::max<std::int64_t>(count, 0));
  if (!block || wanted > kElementsMax) {
    give_up(container);
    return;
  }
  const std::size_t before = block->cells.size() / size;
  block->cells.resize(wanted * size);
  for (std::size_t i = before; i < wanted; ++i)
    initialise(state_, std::span(block->cells).subspan(i * size, size), kinds,
               frame().pc < current_code().size()
                   ? current_code()[frame().pc].site
                   : kNoSite);
}

void Local::find(const Instruction& instruction) {
  const Value container = get(instruction.a);
  const Value key = get(instruction.b);
  const auto size = static_cast<std::size_t>(instruction.imm);
  const bool adds = instruction.c != kNoRegister;
  set(instruction.dst, {});
  Segment* block = elements(container, adds);
  const Value* cell = cell_at(state_, container);
  if (!block) {
    // Nothing is in an empty container.
    if (cell && cell->kind == Kind::kNil) set(instruction.dst, *cell);
    return;
  }
  const Value base = *cell;
  for (std::size_t at = 0; at < block->cells.size(); at += size) {
    const Value& other = block->cells[at];
    const bool same = other == key && key.kind != Kind::kUnknown;
    if (!same && !(is_exact(key) && is_exact(other))) return;
    if (!same) continue;
    Value found = base;
    found.number = static_cast<std::int64_t>(at);
    set(instruction.dst, found);
    return;
  }
  Value end = base;
  end.number = static_cast<std::int64_t>(block->cells.size());
  if (adds) {
    access(container, {.write = true}, instruction.site);
    block = elements(container, false);
    const auto count = static_cast<std::int64_t>(block->cells.size() / size);
    add_elements(container, count + 1, instruction.c);
    if (Value* fresh = cell_at(state_, end))
      *fresh = key;
    else
      return;
  }
  set(instruction.dst, end);
}

void Local::drop(const Instruction& instruction) {
  const Value container = get(instruction.a);
  Segment* block = elements(container, false);
  const auto size = static_cast<std::ptrdiff_t>(instruction.imm);
  if (!block) return;
  auto& cells = block->cells;
  if (static_cast<std::ptrdiff_t>(cells.size()) < size) return;
  if (instruction.op == Op::kPop) {
    const auto at = instruction.c == 1 ? cells.begin() : cells.end() - size;
    cells.erase(at, at + size);
    return;
  }
  const Value key = get(instruction.b);
  // By iterator, or by key.
  if (key.kind == Kind::kPointer && &state_.segments[key.index] == block) {
    const auto at = static_cast<std::ptrdiff_t>(key.number);
    if (at + size <= static_cast<std::ptrdiff_t>(cells.size()))
      cells.erase(cells.begin() + at, cells.begin() + at + size);
    return;
  }
  for (std::ptrdiff_t at = 0; at < static_cast<std::ptrdiff_t>(cells.size());
       at += size) {
    if (cells[static_cast<std::size_t>(at)] == key &&
        key.kind != Kind::kUnknown) {
      cells.erase(cells.begin() + at, cells.begin() + at + size);
      return;
    }
    if (!is_exact(key) || !is_exact(cells[static_cast<std::size_t>(at)])) {
      give_up(container);
      return;
    }
  }
}

bool Local::container(const Instruction& instruction) {
  const Value a = get(instruction.a);
  const Value* cell = cell_at(state_, a);
  const bool none = cell && cell->kind == Kind::kNil;
  switch (instruction.op) {
    case Op::kPush:
      push(instruction);
      return true;
    case Op::kResize: {
      const Value count = get(instruction.b);
      if (count.kind == Kind::kInt)
        add_elements(a, count.number, instruction.c);
      else
        give_up(a);
      return true;
    }
    case Op::kElement: {
      const Segment* block = elements(a, false);
      const Value index = get(instruction.b);
      Value address;
      if (block && index.kind == Kind::kInt)
        address = {Kind::kPointer, 0, cell_at(state_, a)->index,
                   index.number * instruction.imm};
      // An index that is not known can only mean the only element.
      if (block && index.kind != Kind::kInt &&
          static_cast<std::int64_t>(block->cells.size()) == instruction.imm)
        address = {Kind::kPointer, 0, cell_at(state_, a)->index, 0};
      set(instruction.dst, address);
      return true;
    }
    case Op::kCount: {
      const Segment* block = elements(a, false);
      const bool known = none || (block && !block->open);
      set(instruction.dst,
          known
              ? make_int(none ? 0
                              : static_cast<std::int64_t>(block->cells.size()) /
                                    instruction.imm)
              : fresh_symbol(state_));
      return true;
    }
    case Op::kFirst:
    case Op::kEnd: {
      const Segment* block = elements(a, false);
      Value address;
      if (none) address = *cell;
      if (block && !block->open) {
        address = *cell;
        if (instruction.op == Op::kEnd)
          address.number = static_cast<std::int64_t>(block->cells.size());
      }
      set(instruction.dst, address);
      return true;
    }
    case Op::kClear:
      if (Value* to = cell_at(state_, a)) *to = {Kind::kNil, 0, 0, 0};
      return true;
    case Op::kClone: {
      const Value* from = cell_at(state_, get(instruction.b));
      Value copied = from ? *from : Value{};
      if (copied.kind == Kind::kPointer) {
        Segment block = state_.segments[copied.index];
        copied.index = static_cast<std::uint32_t>(state_.segments.size());
        state_.segments.push_back(std::move(block));
      }
      if (Value* to = cell_at(state_, a)) *to = copied;
      return true;
    }
    case Op::kPop:
    case Op::kErase:
      drop(instruction);
      return true;
    case Op::kFind:
      find(instruction);
      return true;
    case Op::kClosure: {
      Value closure =
          fresh_copy(a, instruction.c == kNoRegister ? 0 : instruction.c);
      auto& cells = state_.segments[closure.index].cells;
      cells.insert(
          cells.begin(),
          {Kind::kFunction, 0, static_cast<std::uint32_t>(instruction.imm), 0});
      set(instruction.dst, closure);
      return true;
    }
    default:
      return false;
  }
}

}  // namespace chansan::model
