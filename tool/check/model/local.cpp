// What a goroutine does by itself: values, memory, calls, and the operations
// that only ever enable others.
#include "tool/check/model/local.h"

#include <algorithm>

#include "tool/check/model/describe.h"
#include "tool/check/model/memory.h"

namespace chansan::model {
namespace {

constexpr std::size_t kCallDepthMax = 24;

}  // namespace

Local::Local(Machine& machine, State& state, std::uint32_t position)
    : machine_(machine),
      program_(machine.program_),
      state_(state),
      position_(position) {}

Goroutine& Local::self() { return state_.goroutines[position_]; }
Frame& Local::frame() { return self().frames.back(); }

Value Local::get(Register reg) {
  const auto& registers = frame().registers;
  return reg < registers.size() ? registers[reg] : Value{};
}

void Local::set(Register reg, const Value& value) {
  auto& registers = frame().registers;
  if (reg < registers.size()) registers[reg] = value;
}

void Local::access(const Value& address, AccessKind kind, SiteId site) {
  if (address.kind != Kind::kPointer) return;
  const auto offset = static_cast<std::uint32_t>(address.number);
  const auto races =
      note_access(state_, self(), address.index, offset, kind, site);
  for (const Access& other : races)
    report_race(address, other, kind.write, site);
}

std::pair<const Variable*, bool> Local::variable_at(
    const Value& address) const {
  const Segment& segment = state_.segments[address.index];
  const bool global = address.index == 0;
  if (segment.container) return {segment.container, segment.global};
  static const std::vector<Variable> kNone;
  const bool heap = !global && segment.frame_of == kNoFunction;
  const auto& variables =
      global  ? program_.global_variables
      : !heap ? program_.functions[segment.frame_of].variables
      : segment.layout >= 0
          ? program_.layouts[static_cast<std::size_t>(segment.layout)].variables
          : kNone;
  // A record comes before its members: the last is the nearest.
  const auto nearest = std::ranges::find_if(
      variables.rbegin(), variables.rend(), [&](const Variable& variable) {
        return address.number >= variable.offset &&
               address.number < variable.offset + variable.cells;
      });
  return {nearest == variables.rend() ? nullptr : &*nearest, global};
}

void Local::report_race(const Value& address, const Access& other, bool write,
                        SiteId site) {
  if (state_.after_main) return;
  const Segment& segment = state_.segments[address.index];
  const auto [variable, global] = variable_at(address);
  Race race;
  race.global = global;
  race.heap = !race.global && segment.frame_of == kNoFunction;
  race.owned = segment.owner == self().id || segment.owner == other.goroutine;
  if (variable) {
    race.variable = variable->name;
    race.variable_site = variable->site;
    race.shared = variable->shared;
    race.loop = variable->loop;
    // An element of a container is not the container.
    if (!segment.container) race.sort = variable->sort;
  }
  race.earlier = {other.goroutine, other.site, other.write};
  race.later = {self().id, site, write};
  race.trace = state_.steps;
  machine_.notes_.races.push_back(std::move(race));
}

const std::vector<Instruction>& Local::current_code() {
  return program_.functions[frame().function].code;
}

void Local::report(Misuse::Kind kind, const Object& object, SiteId site) {
  const bool throws = kind == Misuse::Kind::kSendOnClosed ||
                      kind == Misuse::Kind::kDoubleClose ||
                      kind == Misuse::Kind::kCloseNil ||
                      kind == Misuse::Kind::kNegativeWaitGroup;
  if (state_.after_main) return;
  if (throws && (frame().guarded || current(program_, self())->guarded))
    return;  // the program expects it
  Misuse misuse;
  misuse.kind = kind;
  misuse.site = site;
  misuse.other = object.changed_at;
  misuse.other_goroutine = object.changed_by;
  misuse.goroutine = self().id;
  misuse.object = describe(program_, &object);
  misuse.trace = state_.steps;
  machine_.notes_.misuses.push_back(std::move(misuse));
}

void Local::jump(std::int64_t target) {
  Frame& top = frame();
  const std::size_t lasting = program_.functions[top.function].lasting;
  for (std::size_t i = lasting; i < top.registers.size(); ++i)
    top.registers[i] = {};
  top.pc = static_cast<std::uint32_t>(target);
}

std::vector<SiteId> Local::escape_value(const Value& value) {
  std::vector<SiteId> channels;
  escape(program_, state_, value, channels);
  for (const SiteId made_at : channels)
    machine_.coverage_.escaped.insert(made_at);
  return channels;
}

void Local::escape_given(const Value& value) {
  std::vector<SiteId> channels;
  model::escape_given(program_, state_, value, channels);
  for (const SiteId made_at : channels)
    machine_.coverage_.escaped.insert(made_at);
}

void Local::taint() {
  // Before the first goroutine there is nothing to be ordered with.
  if (state_.next_id > 2) self().tainted = true;
}

Frame Local::bind(const Callee& target,
                  const std::vector<Argument>& arguments) {
  const FunctionId id = target.id;
  const Function& function = program_.functions[id];
  Frame callee;
  callee.function = id;
  callee.registers.resize(function.registers);
  callee.loops.resize(function.loops.size());
  callee.segment = add_segment(state_, function.cells, id, function.site);
  state_.segments[callee.segment].owner = self().id;
  const std::size_t skipped = target.self ? 1 : 0;
  if (target.self && !function.parameters.empty())
    state_.segments[callee.segment].cells[function.parameters[0].offset] =
        *target.self;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (i + skipped >= function.parameters.size()) break;
    const Argument& argument = arguments[i];
    const Parameter& parameter = function.parameters[i + skipped];
    Value value = get(argument.reg);
    if (argument.pass == Pass::kFresh)
      value = fresh_copy(value, argument.cells);
    if (argument.pass != Pass::kCopy) {
      state_.segments[callee.segment].cells[parameter.offset] = value;
      continue;
    }
    for (std::uint32_t n = 0; n < std::min(argument.cells, parameter.cells);
         ++n) {
      Value from = value;
      from.number += n;
      const Value* cell = cell_at(state_, from);
      if (cell)
        state_.segments[callee.segment].cells[parameter.offset + n] = *cell;
    }
  }
  return callee;
}

Value Local::fresh_copy(const Value& from, std::uint32_t cells) {
  Segment segment;
  for (std::uint32_t n = 0; n < cells; ++n) {
    Value address = from;
    address.number += n;
    const Value* cell = cell_at(state_, address);
    segment.cells.push_back(cell ? *cell : Value{});
  }
  state_.segments.push_back(std::move(segment));
  return {Kind::kPointer, 0,
          static_cast<std::uint32_t>(state_.segments.size() - 1), 0};
}

Local::Callee Local::callee_of(const Instruction& instruction) {
  Callee callee{static_cast<FunctionId>(instruction.imm), {}};
  if (instruction.a != kNoRegister) {
    Value value = get(instruction.a);
    callee.id = kNoFunction;
    if (value.kind == Kind::kFunction) callee.id = value.index;
    // A function object: the function, and behind it what it captured.
    const Value* first = cell_at(state_, value);
    if (first && first->kind == Kind::kFunction) {
      callee.id = first->index;
      ++value.number;
      if (program_.functions[callee.id].method) callee.self = value;
    }
  }
  const bool known = callee.id < program_.functions.size() &&
                     program_.functions[callee.id].defined;
  if (!known) callee = {};
  return callee;
}

// A recursion that does not synchronize: like such a loop it runs a few times,
// with unknown values then.
bool Local::recurs_alone(FunctionId id) {
  constexpr std::ptrdiff_t kTimesMax = 5;
  if (id == kNoFunction || program_.functions[id].relevant) return false;
  return std::ranges::count(self().frames, id, &Frame::function) >= kTimesMax;
}

void Local::call(const Instruction& instruction) {
  const Callee target = callee_of(instruction);
  if (recurs_alone(target.id)) {
    // Deeper down somebody may get all of what is handed on.
    for (const Argument& argument : instruction.args)
      escape_value(get(argument.reg));
    return opaque(instruction, false);
  }
  if (target.id == kNoFunction || self().frames.size() >= kCallDepthMax) {
    if (target.id != kNoFunction) {
      machine_.drop();
      // What it would do to what it is given is not known.
      state_.truncated |=
          std::ranges::any_of(instruction.args, [&](const Argument& argument) {
            const Kind kind = get(argument.reg).kind;
            return kind == Kind::kPointer || kind == Kind::kObject;
          });
    }
    opaque(instruction, target.id == kNoFunction);
    return;
  }
  Frame callee = bind(target, instruction.args);
  callee.result = instruction.dst;
  callee.guarded = instruction.guarded || frame().guarded;
  ++frame().pc;
  self().frames.push_back(std::move(callee));
}

void Local::opaque(const Instruction& instruction, bool may_synchronize) {
  for (const Argument& argument : instruction.args)
    escape_given(get(argument.reg));
  if (may_synchronize) taint();
  set(instruction.dst, fresh_symbol(state_));
  ++frame().pc;
}

void Local::finish(const Instruction& instruction) {
  const Value value = get(instruction.a);
  Goroutine& goroutine = self();
  if (goroutine.id == 1 && goroutine.frames.size() == 1 &&
      !machine_.root_.is_main)
    hand_out(value, instruction.imm);
  const Register result = frame().result;
  goroutine.frames.pop_back();
  if (!goroutine.frames.empty()) {
    set(result, value);
    return;
  }
  if (goroutine.thread) {
    Object& thread = state_.objects[goroutine.thread - 1];
    thread.closed = true;
    thread.clock |= goroutine.seen;
  }
  if (goroutine.group) {
    Object& group = state_.objects[goroutine.group - 1];
    group.clock |= goroutine.seen;
    --group.count;
  }
}

// Who called the root may do anything with what it returns.
void Local::hand_out(const Value& value, std::int64_t cells) {
  escape_given(value);
  for (std::int64_t n = 0; n < cells; ++n) {
    Value at = value;
    at.number += n;
    if (const Value* cell = cell_at(state_, at)) escape_value(Value(*cell));
  }
}

void Local::spawn(const Instruction& instruction) {
  const Callee callee = callee_of(instruction);
  const FunctionId id = callee.id;
  const auto alive = std::ranges::count_if(
      state_.goroutines, [](const Goroutine& g) { return !g.frames.empty(); });
  Object thread;
  thread.type = Object::Type::kThread;
  thread.made_at = instruction.site;
  const bool room = static_cast<std::size_t>(alive) < Machine::kGoroutinesMax;
  if (id == kNoFunction || !room) {
    for (const Argument& argument : instruction.args)
      escape_given(get(argument.reg));
    // What it does is not known, and neither whether it ends.
    thread.closed = true;
    thread.open = true;
    state_.truncated = true;
    machine_.drop();
    ++state_.next_id;
  } else {
    start(instruction, callee, thread);
  }
  if (instruction.dst != kNoRegister) {
    const auto index = static_cast<std::uint32_t>(state_.objects.size());
    if (room && id != kNoFunction) state_.goroutines.back().thread = index + 1;
    state_.objects.push_back(std::move(thread));
    set(instruction.dst, {Kind::kObject, 0, index, 0});
  }
  ++frame().pc;
}

void Local::start(const Instruction& instruction, const Callee& callee,
                  const Object& thread) {
  Goroutine child;
  child.id = ++state_.next_id - 1;
  child.created_at = thread.made_at;
  child.armed = instruction.op == Op::kSpawnLater;
  child.frames.push_back(bind(callee, instruction.args));
  state_.segments[child.frames.back().segment].owner = child.id;
  child.seen = self().seen;
  child.tainted = self().tainted;
  if (instruction.c != kNoRegister) {
    const Value* cell = cell_at(state_, get(instruction.c));
    if (cell && cell->kind == Kind::kObject) child.group = cell->index + 1;
  }
  state_.steps.push_back(
      {child.id, instruction.site,
       (child.armed ? "made here, runs " : "started here, runs ") +
           program_.functions[callee.id].name});
  state_.goroutines.push_back(std::move(child));
}

Local::Turn Local::step() {
  const Instruction& instruction = *current(program_, self());
  switch (instruction.op) {
    case Op::kJump:
      jump(instruction.imm);
      return Turn::kOn;
    case Op::kBranch:
      return branch(instruction);
    case Op::kOnceLoop: {
      std::uint8_t& turn = frame().loops[instruction.loop];
      turn = !turn;
      jump(turn ? instruction.imm : instruction.b);
      return Turn::kOn;
    }
    case Op::kCall:
      call(instruction);
      return Turn::kOn;
    case Op::kOpaque:
      opaque(instruction, instruction.imm != 0);
      return Turn::kOn;
    case Op::kReturn:
      finish(instruction);
      return Turn::kOn;
    case Op::kSpawn:
    case Op::kSpawnLater:
      spawn(instruction);
      return Turn::kOn;
    default:
      break;
  }
  const bool go_on = compute(instruction) || memory(instruction) ||
                     container(instruction) || enable_others(instruction);
  if (!go_on) return Turn::kDrop;
  ++frame().pc;
  return Turn::kOn;
}

Local::Turn Local::branch(const Instruction& instruction) {
  const Value condition = get(instruction.a);
  switch (truth_of(state_, condition)) {
    case Truth::kTrue:
      jump(instruction.imm);
      return Turn::kOn;
    case Truth::kFalse:
      jump(instruction.b);
      return Turn::kOn;
    case Truth::kEither:
      break;
  }
  return Turn::kFork;
}

bool Local::count_assumption(const Value& condition) {
  if (condition.kind == Kind::kSymbol || condition.kind == Kind::kCompare) {
    Symbol& symbol = state_.symbols[condition.index];
    if (symbol.assumed) return true;
    symbol.assumed = true;
  }
  if (++state_.assumptions > Machine::kAssumptionsMax) state_.truncated = true;
  return state_.assumptions <= machine_.assumptions_max_;
}

// Where unlikely executions are followed too a loop may end after any turn.
bool Local::likely_only() const {
  return machine_.assumptions_max_ == Machine::kAssumptionsMax;
}

// A guess about a channel that is not known is paid for by the verdict that it
// may lead to, not as an assumption.
bool Local::is_free(const Value& condition) {
  const bool symbolic =
      condition.kind == Kind::kSymbol || condition.kind == Kind::kCompare;
  return symbolic && state_.symbols[condition.index].doubtful;
}

bool Local::is_doubtful(const Value& condition) {
  if (!is_free(condition)) return false;
  const Symbol& symbol = state_.symbols[condition.index];
  return symbol.low == 0 && symbol.high == 0;
}

bool Local::take_side(bool outcome) {
  const Instruction& instruction = *current(program_, self());
  const Value condition = get(instruction.a);
  // Where neither side acts a condition costs nothing, save that a doubtful one
  // may end what can be proved.
  if (!instruction.quiet || is_free(condition)) {
    const Side side = outcome ? Side::kTrue : Side::kFalse;
    const bool ends_loop =
        instruction.loop_branch && !outcome && !likely_only();
    if (ends_loop)
      state_.truncated = true;
    else if (instruction.usual != side && !is_free(condition) &&
             !count_assumption(condition))
      return false;
    if (!assume(state_, condition, outcome)) return false;
    if (is_doubtful(condition)) state_.truncated = true;
    self().doubtful = true;
  }
  jump(outcome ? instruction.imm : instruction.b);
  return true;
}

}  // namespace chansan::model
