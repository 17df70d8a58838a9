// Values, memory, and the operations that only ever enable others.
#include <algorithm>

#include "tool/check/model/local.h"
#include "tool/check/model/memory.h"

namespace chansan::model {

bool Local::compute(const Instruction& instruction) {
  const auto address = [](std::uint32_t segment, std::int64_t offset) {
    return Value{Kind::kPointer, 0, segment, offset};
  };
  switch (instruction.op) {
    case Op::kConst:
      set(instruction.dst, make_int(instruction.imm));
      break;
    case Op::kUnknown:
      set(instruction.dst, fresh_symbol(state_));
      state_.symbols.back().doubtful = instruction.imm != 0;
      break;
    case Op::kNil:
      set(instruction.dst, {Kind::kNil, 0, 0, 0});
      break;
    case Op::kFunction:
      set(instruction.dst,
          {Kind::kFunction, 0, static_cast<std::uint32_t>(instruction.imm), 0});
      break;
    case Op::kLocal:
      set(instruction.dst, address(frame().segment, instruction.imm));
      break;
    case Op::kGlobal:
      set(instruction.dst, address(0, instruction.imm));
      break;
    case Op::kField: {
      Value base = get(instruction.a);
      if (base.kind != Kind::kPointer) base = {};
      if (base.kind == Kind::kPointer) base.number += instruction.imm;
      set(instruction.dst, base);
      break;
    }
    case Op::kIndex: {
      Value base = get(instruction.a);
      const Value index = get(instruction.b);
      const std::int64_t offset = index.number * instruction.imm;
      const bool inside = index.kind == Kind::kInt && offset >= 0 &&
                          offset < static_cast<std::int64_t>(instruction.c);
      if (base.kind != Kind::kPointer || !inside) base = {};
      if (base.kind == Kind::kPointer) base.number += offset;
      set(instruction.dst, base);
      break;
    }
    case Op::kMove:
      set(instruction.dst, get(instruction.a));
      break;
    case Op::kArith:
      set(instruction.dst,
          arithmetic(state_, static_cast<Arith>(instruction.imm),
                     get(instruction.a), get(instruction.b)));
      break;
    case Op::kNot:
      set(instruction.dst, negate(get(instruction.a)));
      break;
    case Op::kCap: {
      const Object* object = object_of(state_, get(instruction.a));
      const bool threads = object && object->type == Object::Type::kThreads;
      const auto count = !object ? 0
                         : threads
                             ? static_cast<std::int64_t>(object->values.size())
                             : object->count;
      set(instruction.dst,
          object && !object->open ? make_int(count) : fresh_symbol(state_));
      break;
    }
    default:
      return false;
  }
  return true;
}

bool Local::memory(const Instruction& instruction) {
  const Value a = get(instruction.a);
  switch (instruction.op) {
    case Op::kLoad: {
      if (instruction.imm) access(a, {.write = false}, instruction.site);
      const Value* cell = cell_at(state_, a);
      const bool foreign =
          cell && state_.segments[a.index].open && cell->kind != Kind::kObject;
      set(instruction.dst, !cell || foreign ? fresh_symbol(state_) : *cell);
      break;
    }
    case Op::kStore: {
      Object* atomic = instruction.imm == 2 ? object_of(state_, a) : nullptr;
      if (atomic && !atomic->values.empty()) {
        atomic->values[0] = get(instruction.b);
        break;
      }
      if (instruction.imm) access(a, {.write = true}, instruction.site);
      const Value b = get(instruction.b);
      if (Value* cell = cell_at(state_, a)) {
        *cell = b;
        if (state_.segments[a.index].open) escape_value(b);
      } else {
        escape_value(b);  // kept in a place that is not known
      }
      break;
    }
    case Op::kCopy:
      copy(instruction);
      break;
    case Op::kInit: {
      const Layout& layout =
          program_.layouts[static_cast<std::size_t>(instruction.imm)];
      if (Value* cell = cell_at(state_, a)) {
        auto& cells = state_.segments[a.index].cells;
        const auto room = static_cast<std::size_t>(&cells.back() - cell + 1);
        initialise(state_, {cell, std::min(room, layout.cells.size())},
                   layout.cells, instruction.site);
      }
      break;
    }
    case Op::kAlloc: {
      const Layout& layout =
          program_.layouts[static_cast<std::size_t>(instruction.imm)];
      const std::uint32_t segment =
          add_segment(state_, layout.cells, kNoFunction, instruction.site);
      state_.segments[segment].layout = instruction.imm;
      set(instruction.dst, {Kind::kPointer, 0, segment, 0});
      break;
    }
    case Op::kTouch: {
      const Register cells = instruction.c == kNoRegister ? 1 : instruction.c;
      for (Register n = 0; n < cells; ++n) {
        Value at = a;
        at.number += n;
        access(at, {.write = instruction.imm != 0}, instruction.site);
      }
      break;
    }
    case Op::kHavoc:
      for (std::int64_t n = 0; n < instruction.imm; ++n) {
        Value at = a;
        at.number += n;
        Value* cell = cell_at(state_, at);
        if (cell && cell->kind != Kind::kObject) *cell = fresh_symbol(state_);
      }
      break;
    case Op::kName: {
      Object* object = object_of(state_, a);
      if (object && !object->name)
        object->name = static_cast<std::uint32_t>(instruction.imm);
      break;
    }
    case Op::kEscape:
      if (instruction.imm == 0) escape_value(a);
      for (std::int64_t n = 0; n < instruction.imm; ++n) {
        Value at = a;
        at.number += n;
        if (const Value* cell = cell_at(state_, at)) escape_value(Value(*cell));
      }
      escape_given(a);
      break;
    case Op::kOthers:
      share_with_others(program_, state_);
      break;
    default:
      return false;
  }
  return true;
}

void Local::copy(const Instruction& instruction) {
  const Value to = get(instruction.a);
  const Value from = get(instruction.b);
  if (to == from) return;
  for (std::int64_t n = 0; n < instruction.imm; ++n) {
    Value source = from;
    Value target = to;
    source.number += n;
    target.number += n;
    Value* read = cell_at(state_, source);
    Value* write = cell_at(state_, target);
    if (!write) {
      if (read) escape_value(Value(*read));
      continue;
    }
    *write = read ? *read : Value{};
    if (state_.segments[to.index].open) escape_value(*write);
    // A handle that was moved from is empty; a guard holds nothing.
    const bool handle =
        read && (read->kind == Kind::kObject || read->kind == Kind::kPointer);
    if (instruction.c == 2 && read) *read = make_int(0);
    if (instruction.c == 1 && handle) *read = {Kind::kNil, 0, 0, 0};
  }
}

bool Local::enable_others(const Instruction& instruction) {
  if (instruction.op == Op::kTaint) {
    taint();
    return true;
  }
  if (instruction.op == Op::kMake || instruction.op == Op::kMakeTimer) {
    make_channel(instruction);
    return true;
  }
  if (instruction.op == Op::kMakeContext) {
    make_context(instruction);
    return true;
  }
  if (instruction.op == Op::kDisarm) {
    disarm(instruction);
    return true;
  }
  if (instruction.op == Op::kBecome) {
    become(instruction);
    return true;
  }
  const Value* cell = cell_at(state_, get(instruction.a));
  Object* object = object_of(state_, get(instruction.a));
  if (instruction.op == Op::kAdopt) {
    const Value thread = get(instruction.b);
    if (object && thread.kind == Kind::kObject)
      object->values.push_back(thread);
    return true;
  }
  if (!object) {
    // A lock that is not known may order us with anyone.
    if (!cell || cell->kind != Kind::kNil) taint();
    if (instruction.dst != kNoRegister)
      set(instruction.dst, fresh_symbol(state_));
    return true;
  }
  return release(instruction, *object);
}

bool Local::release(const Instruction& instruction, Object& object) {
  switch (instruction.op) {
    case Op::kUnlock:
      if (instruction.imm == 1 && object.owner == 0 && !object.readers.empty())
        return share_no_more(instruction, object);
      if (object.count > 0) {
        --object.count;
        return true;
      }
      if (object.owner == 0 && !object.open && !object.others) {
        report(Misuse::Kind::kUnlockUnheld, object, instruction.site);
        return false;
      }
      if (object.owner != self().id)
        machine_.coverage_.handed.insert(object.made_at);
      object.clock |= self().seen;
      object.owner = 0;
      return true;
    case Op::kRUnlock:
      return share_no_more(instruction, object);
    case Op::kDone:
      object.clock |= self().seen;
      if (--object.count < 0 && !object.open) {
        report(Misuse::Kind::kNegativeWaitGroup, object, instruction.site);
        return false;
      }
      return true;
    case Op::kRelease: {
      const Value permits = get(instruction.b);
      object.clock |= self().seen;
      if (permits.kind == Kind::kInt)
        object.count += permits.number;
      else
        object.open = true;
      return true;
    }
    case Op::kOnceLeave:
      object.clock |= self().seen;
      object.closed = true;
      object.owner = 0;
      return true;
    default:
      return meet(instruction, object);
  }
}

bool Local::share_no_more(const Instruction& instruction, Object& object) {
  const auto held = std::ranges::find(object.readers, self().id);
  if (object.readers.empty() && !object.open && !object.others) {
    report(Misuse::Kind::kUnlockUnheld, object, instruction.site);
    return false;
  }
  object.reader_clock |= self().seen;
  if (held != object.readers.end())
    object.readers.erase(held);
  else if (!object.readers.empty())
    object.readers.pop_back();
  return true;
}

// A child of a context that is not known is not known either; one that ends by
// itself is like a timer's channel.
void Local::make_context(const Instruction& instruction) {
  const Value parent = get(instruction.a);
  const Object* above = object_of(state_, parent);
  Object context;
  context.type = Object::Type::kChannel;
  context.context = true;
  context.made_at = instruction.site;
  context.timer = instruction.imm == 1 || (above && above->timer);
  context.open = (above && above->open) || (!above && !is_nil(state_, parent));
  if (above && above->closed) {
    context.closed = true;
    context.clock = above->clock;
  }
  const auto index = static_cast<std::uint32_t>(state_.objects.size());
  state_.objects.push_back(std::move(context));
  const Value made{Kind::kObject, 0, index, 0};
  if (Object* from = object_of(state_, parent)) from->children.push_back(made);
  set(instruction.dst, made);
}

// Takes back a goroutine whose time has not come.
void Local::disarm(const Instruction& instruction) {
  const Value handle = get(instruction.a);
  const Value* cell = cell_at(state_, handle);
  const Value thread = cell ? *cell : handle;
  if (thread.kind != Kind::kObject) {
    set(instruction.dst, fresh_symbol(state_));
    return;
  }
  bool armed = false;
  for (Goroutine& goroutine : state_.goroutines)
    if (goroutine.thread == thread.index + 1 && goroutine.armed) {
      armed = true;
      goroutine.armed = false;
      goroutine.frames.clear();
    }
  set(instruction.dst, make_int(armed));
}

void Local::make_channel(const Instruction& instruction) {
  constexpr std::int64_t kSlotsMax = 64;
  const Value capacity = get(instruction.a);
  Object channel;
  channel.type = Object::Type::kChannel;
  channel.made_at = instruction.site;
  channel.name = static_cast<std::uint32_t>(instruction.imm);
  channel.count = capacity.kind == Kind::kInt ? capacity.number : 0;
  // Without its capacity nothing can be said about who blocks.
  channel.timer = instruction.op == Op::kMakeTimer;
  channel.open = capacity.kind != Kind::kInt && !channel.timer;
  if (channel.timer) channel.clock = self().seen;
  if (channel.open) machine_.coverage_.escaped.insert(instruction.site);
  channel.slots.resize(static_cast<std::size_t>(
      std::clamp<std::int64_t>(channel.count, 0, kSlotsMax)));
  state_.objects.push_back(std::move(channel));
  set(instruction.dst,
      {Kind::kObject, 0, static_cast<std::uint32_t>(state_.objects.size() - 1),
       0});
}

}  // namespace chansan::model
