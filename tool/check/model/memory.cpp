#include "tool/check/model/memory.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

namespace chansan::model {
namespace {

// Loops that run an unknown number of times are followed this far.
constexpr std::int64_t kUnknownTurnsMax = 3;

Object::Type type_of(CellKind kind) {
  switch (kind) {
    case CellKind::kMutex:
    case CellKind::kRecursive:
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
    case CellKind::kBarrier:
      return Object::Type::kBarrier;
    case CellKind::kPromise:
      return Object::Type::kThread;
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
  // Of a barrier nothing is known before it is said whom it expects.
  object.open = kind == CellKind::kOpen || kind == CellKind::kBarrier;
  object.recursive = kind == CellKind::kRecursive;
  object.promise = kind == CellKind::kPromise;
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

namespace {

// Not of a heap block, but of a global or a frame.
bool is_of_variable(const State& state, const Value& address) {
  return address.kind == Kind::kPointer &&
         (address.index == 0 ||
          state.segments[address.index].frame_of != kNoFunction);
}

// Marks what code that is not seen can come to from a value.
class Escape {
 public:
  Escape(const Program& program, State& state, std::vector<SiteId>& channels,
         bool locks_too = true)
      : program_(program),
        state_(state),
        channels_(channels),
        locks_too_(locks_too) {}

  void from(const Value& value) {
    if (value.kind == Kind::kObject)
      from_object(value.index);
    else if (is_of_variable(state_, value))
      from_variable(value);
    else if (value.kind == Kind::kPointer)
      from_block(value.index);
  }

 private:
  void from_object(std::uint32_t index) {
    Object& object = state_.objects[index];
    if (object.open) return;
    if (!locks_too_ && object.type == Object::Type::kMutex) {
      object.others = true;
      return;
    }
    object.open = true;
    if (object.type == Object::Type::kChannel)
      channels_.push_back(object.made_at);
    from_all(std::vector<Value>(object.values));
    from_all(std::vector<Value>(state_.objects[index].children));
  }

  // A heap block can be reached as a whole.
  void from_block(std::uint32_t index) {
    Segment& segment = state_.segments[index];
    if (segment.open) return;
    segment.open = true;
    from_all(std::vector<Value>(segment.cells));
  }

  // Who keeps the address of a variable has all of it, and nothing that lies
  // beside it.
  void from_variable(const Value& at) {
    const Segment& segment = state_.segments[at.index];
    const auto& variables =
        at.index == 0 ? program_.global_variables
                      : program_.functions[segment.frame_of].variables;
    std::int64_t first = at.number;
    std::int64_t end = at.number + 1;
    for (const Variable& variable : variables) {
      if (at.number == variable.offset)
        end = std::max(end, first + std::int64_t{variable.cells});
    }
    if (!variables_.emplace(at.index, first).second) return;
    for (Value one = at; first < end; ++first) {
      one.number = first;
      if (const Value* cell = cell_at(state_, one)) from(Value(*cell));
    }
  }

  void from_all(const std::vector<Value>& values) {
    for (const Value& value : values) from(value);
  }

  const Program& program_;
  State& state_;
  std::vector<SiteId>& channels_;
  const bool locks_too_;
  std::set<std::pair<std::uint32_t, std::int64_t>> variables_;  // that are done
};

}  // namespace

void escape(const Program& program, State& state, const Value& value,
            std::vector<SiteId>& channels) {
  Escape(program, state, channels).from(value);
}

void escape_given(const Program& program, State& state, const Value& value,
                  std::vector<SiteId>& channels) {
  const Value* given =
      is_of_variable(state, value) ? cell_at(state, value) : &value;
  if (given) Escape(program, state, channels).from(Value(*given));
}

void share_with_others(const Program& program, State& state) {
  std::vector<SiteId> ignored;  // all their uses have a name
  Escape others(program, state, ignored, false);
  for (const Variable& variable : program.global_variables) {
    if (!variable.others) continue;
    for (std::uint32_t n = 0; n < variable.cells; ++n) {
      const std::uint32_t at = variable.offset + n;
      const Value cell = state.segments[0].cells[at];
      if (cell.kind == Kind::kObject || cell.kind == Kind::kPointer)
        others.from(cell);
      else if (variable.shared)
        state.segments[0].cells[at] = fresh_symbol(state);
    }
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
