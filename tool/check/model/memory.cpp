#include "tool/check/model/memory.h"

#include <algorithm>
#include <optional>

namespace chansan::model {
namespace {

// Loops that run an unknown number of times are followed this far.
constexpr std::int64_t kUnknownTurnsMax = 3;

Object::Type type_of(CellKind kind) {
  switch (kind) {
    case CellKind::kMutex:
      return Object::Type::kMutex;
    case CellKind::kWaitGroup:
      return Object::Type::kWaitGroup;
    case CellKind::kOnce:
      return Object::Type::kOnce;
    case CellKind::kAtomic:
      return Object::Type::kAtomic;
    case CellKind::kThreads:
      return Object::Type::kThreads;
    case CellKind::kSemaphore:
      return Object::Type::kSemaphore;
    case CellKind::kCondition:
      return Object::Type::kCondition;
    default:
      return Object::Type::kOpen;
  }
}

Value initial_value(State& state, CellKind kind, SiteId site) {
  switch (kind) {
    case CellKind::kUnknown:
      return {};
    case CellKind::kZero:
      return make_int(0);
    case CellKind::kNil:
      return {Kind::kNil, 0, 0, 0};
    default:
      break;
  }
  Object object;
  object.type = type_of(kind);
  object.open = kind == CellKind::kOpen;
  object.made_at = site;
  if (kind == CellKind::kAtomic) object.values = {make_int(0)};
  state.objects.push_back(std::move(object));
  return {Kind::kObject, 0,
          static_cast<std::uint32_t>(state.objects.size() - 1), 0};
}

Arith opposite(Arith arith) {
  switch (arith) {
    case Arith::kLess:
      return Arith::kGreaterEqual;
    case Arith::kLessEqual:
      return Arith::kGreater;
    case Arith::kGreater:
      return Arith::kLessEqual;
    case Arith::kGreaterEqual:
      return Arith::kLess;
    case Arith::kEqual:
      return Arith::kNotEqual;
    case Arith::kNotEqual:
      return Arith::kEqual;
    default:
      return Arith::kOther;
  }
}

// a < b as b > a.
Arith mirrored(Arith arith) {
  switch (arith) {
    case Arith::kLess:
      return Arith::kGreater;
    case Arith::kLessEqual:
      return Arith::kGreaterEqual;
    case Arith::kGreater:
      return Arith::kLess;
    case Arith::kGreaterEqual:
      return Arith::kLessEqual;
    default:
      return arith;
  }
}

bool is_comparison(Arith arith) { return opposite(arith) != Arith::kOther; }

Value compute(Arith arith, std::int64_t a, std::int64_t b) {
  // Wrapping is right for what overflows: no verdict rests on it.
  const auto x = static_cast<std::uint64_t>(a);
  const auto y = static_cast<std::uint64_t>(b);
  switch (arith) {
    case Arith::kAdd:
      return make_int(static_cast<std::int64_t>(x + y));
    case Arith::kSub:
      return make_int(static_cast<std::int64_t>(x - y));
    case Arith::kMul:
      return make_int(static_cast<std::int64_t>(x * y));
    case Arith::kDiv:
      return b == 0 || b == -1 ? Value{} : make_int(a / b);
    case Arith::kRem:
      return b == 0 || b == -1 ? Value{} : make_int(a % b);
    case Arith::kLess:
      return make_int(a < b);
    case Arith::kLessEqual:
      return make_int(a <= b);
    case Arith::kGreater:
      return make_int(a > b);
    case Arith::kGreaterEqual:
      return make_int(a >= b);
    case Arith::kEqual:
      return make_int(a == b);
    case Arith::kNotEqual:
      return make_int(a != b);
    case Arith::kAssign:
      return make_int(b);
    case Arith::kIs:
      return make_int(a == b);
    case Arith::kOther:
      return {};
  }
  return {};
}

struct Interval {
  std::int64_t low;
  std::int64_t high;
};

// The values of a symbol for which `symbol arith number` holds. An inequality
// only cuts off an end: intervals have no holes.
std::optional<Interval> narrow(Interval in, Arith arith, std::int64_t number) {
  switch (arith) {
    case Arith::kLess:
      in.high = std::min(in.high, number - 1);
      break;
    case Arith::kLessEqual:
      in.high = std::min(in.high, number);
      break;
    case Arith::kGreater:
      in.low = std::max(in.low, number + 1);
      break;
    case Arith::kGreaterEqual:
      in.low = std::max(in.low, number);
      break;
    case Arith::kEqual:
      in.low = std::max(in.low, number);
      in.high = std::min(in.high, number);
      break;
    case Arith::kNotEqual:
      if (in.low == number) ++in.low;
      if (in.high == number) --in.high;
      break;
    default:
      break;
  }
  if (in.low > in.high) return std::nullopt;
  return in;
}

struct Condition {
  std::uint32_t symbol;
  Arith arith;
  std::int64_t number;
};

// A branch on symbol + k asks whether the symbol differs from -k.
Condition condition_of(const Value& value) {
  if (value.kind == Kind::kCompare)
    return {value.index, static_cast<Arith>(value.detail), value.number};
  return {value.index, Arith::kNotEqual, -value.number};
}

}  // namespace

Value* cell_at(State& state, const Value& address) {
  if (address.kind != Kind::kPointer) return nullptr;
  auto& cells = state.segments[address.index].cells;
  const auto offset = static_cast<std::size_t>(address.number);
  return offset < cells.size() ? &cells[offset] : nullptr;
}

const Value* cell_at(const State& state, const Value& address) {
  return cell_at(const_cast<State&>(state), address);
}

Object* object_of(State& state, const Value& value) {
  if (value.kind == Kind::kObject) return &state.objects[value.index];
  const Value* cell = cell_at(state, value);
  if (!cell || cell->kind != Kind::kObject) return nullptr;
  return &state.objects[cell->index];
}

const Object* object_of(const State& state, const Value& value) {
  return object_of(const_cast<State&>(state), value);
}

bool is_nil(const State& state, const Value& value) {
  if (value.kind == Kind::kNil) return true;
  const Value* cell = cell_at(state, value);
  return cell && cell->kind == Kind::kNil;
}

void initialise(State& state, std::span<Value> cells,
                std::span<const CellKind> kinds, SiteId site) {
  for (std::size_t i = 0; i < kinds.size() && i < cells.size(); ++i)
    cells[i] = initial_value(state, kinds[i], site);
}

std::uint32_t add_segment(State& state, std::span<const CellKind> kinds,
                          FunctionId frame_of, SiteId site) {
  Segment segment;
  segment.cells.resize(kinds.size());
  segment.frame_of = frame_of;
  initialise(state, segment.cells, kinds, site);
  state.segments.push_back(std::move(segment));
  return static_cast<std::uint32_t>(state.segments.size() - 1);
}

Value fresh_symbol(State& state) {
  state.symbols.emplace_back();
  return {Kind::kSymbol, 0,
          static_cast<std::uint32_t>(state.symbols.size() - 1), 0};
}

void escape(State& state, const Value& value, std::vector<SiteId>& channels) {
  if (value.kind == Kind::kPointer) {
    Segment& segment = state.segments[value.index];
    // What lies beside a variable cannot be reached from its address; a heap
    // block can be reached as a whole.
    if (value.index == 0 || segment.frame_of != kNoFunction) {
      const Value* cell = cell_at(state, value);
      if (cell && cell->kind == Kind::kObject) escape(state, *cell, channels);
      return;
    }
    if (segment.open) return;
    segment.open = true;
    const std::vector<Value> cells = segment.cells;
    for (const Value& cell : cells) escape(state, cell, channels);
  } else if (value.kind == Kind::kObject) {
    Object& object = state.objects[value.index];
    if (object.open) return;
    object.open = true;
    if (object.type == Object::Type::kChannel)
      channels.push_back(object.made_at);
    const std::vector<Value> values = object.values;
    for (const Value& element : values) escape(state, element, channels);
    const std::vector<Value> children = state.objects[value.index].children;
    for (const Value& child : children) escape(state, child, channels);
  }
}

Truth truth_of(const State& state, const Value& value) {
  switch (value.kind) {
    case Kind::kInt:
      return value.number ? Truth::kTrue : Truth::kFalse;
    case Kind::kNil:
      return Truth::kFalse;
    case Kind::kPointer:
    case Kind::kFunction:
    case Kind::kObject:
      return Truth::kTrue;
    case Kind::kUnknown:
      return Truth::kEither;
    case Kind::kSymbol:
    case Kind::kCompare:
      break;
  }
  const Condition condition = condition_of(value);
  const Symbol& symbol = state.symbols[condition.symbol];
  const Interval in{symbol.low, symbol.high};
  if (!narrow(in, condition.arith, condition.number)) return Truth::kFalse;
  if (!narrow(in, opposite(condition.arith), condition.number))
    return Truth::kTrue;
  return Truth::kEither;
}

bool assume(State& state, const Value& condition, bool outcome) {
  if (condition.kind != Kind::kSymbol && condition.kind != Kind::kCompare)
    return true;
  const Condition that = condition_of(condition);
  Symbol& symbol = state.symbols[that.symbol];
  const auto in =
      narrow({symbol.low, symbol.high},
             outcome ? that.arith : opposite(that.arith), that.number);
  if (!in) return false;
  if (in->low > symbol.low && in->low > kUnknownTurnsMax && in->low != in->high)
    return false;
  symbol.low = in->low;
  symbol.high = in->high;
  return true;
}

Value arithmetic(const State& state, Arith arith, const Value& a,
                 const Value& b) {
  if (a.kind == Kind::kInt && b.kind == Kind::kInt)
    return compute(arith, a.number, b.number);
  if (arith == Arith::kIs) return make_int(0);
  const bool equality = arith == Arith::kEqual || arith == Arith::kNotEqual;
  const auto is_address = [](const Value& v) {
    return v.kind == Kind::kPointer || v.kind == Kind::kObject ||
           v.kind == Kind::kNil || v.kind == Kind::kFunction;
  };
  if (equality && is_address(a) && is_address(b))
    return make_int((a == b) == (arith == Arith::kEqual));
  if (arith == Arith::kAssign) return b;
  const bool moves = arith == Arith::kAdd || arith == Arith::kSub;
  if (a.kind == Kind::kPointer && b.kind == Kind::kInt && moves) {
    Value moved = a;
    moved.number += arith == Arith::kAdd ? b.number : -b.number;
    return moved;
  }
  if (a.kind == Kind::kSymbol && b.kind == Kind::kInt) {
    if (is_comparison(arith))
      return {Kind::kCompare, static_cast<std::uint8_t>(arith), a.index,
              b.number - a.number};
    if (arith == Arith::kAdd || arith == Arith::kSub) {
      Value sum = a;
      sum.number += arith == Arith::kAdd ? b.number : -b.number;
      return sum;
    }
  }
  if (a.kind == Kind::kInt && b.kind == Kind::kSymbol) {
    if (is_comparison(arith)) return arithmetic(state, mirrored(arith), b, a);
    if (arith == Arith::kAdd) return arithmetic(state, arith, b, a);
  }
  if (a.kind == Kind::kSymbol && b.kind == Kind::kSymbol &&
      a.index == b.index && is_comparison(arith))
    return compute(arith, a.number, b.number);
  return {};
}

Value negate(const Value& value) {
  if (value.kind == Kind::kInt) return make_int(!value.number);
  if (value.kind == Kind::kNil) return make_int(1);
  if (value.kind == Kind::kPointer || value.kind == Kind::kObject)
    return make_int(0);
  if (value.kind != Kind::kSymbol && value.kind != Kind::kCompare) return {};
  const Condition condition = condition_of(value);
  return {Kind::kCompare, static_cast<std::uint8_t>(opposite(condition.arith)),
          condition.symbol, condition.number};
}

}  // namespace chansan::model
