#include "tests/check/random_model.h"

#include <algorithm>
#include <random>

namespace chansan::check {
namespace {

// A state of the plain run: what there is, and where each goroutine stands.
struct PlainState {
  std::vector<std::size_t> at;
  std::vector<int> buffered;
  std::vector<bool> closed;
  std::vector<int> owner;  // of the locks; -1: free
  int counter = 0;
  auto operator<=>(const PlainState&) const = default;
};

class PlainRun {
 public:
  explicit PlainRun(const RandomModel& model) : model_(model) {}

  Verdict run() {
    PlainState start;
    start.at.resize(model_.goroutines.size());
    start.buffered.resize(model_.capacities.size());
    start.closed.resize(model_.capacities.size());
    start.owner.assign(model_.locks, -1);
    start.counter = model_.counter;
    std::vector<PlainState> open = {start};
    seen_.insert(start);
    while (!open.empty()) {
      const PlainState state = open.back();
      open.pop_back();
      for (PlainState& next : successors(state))
        if (seen_.insert(next).second) open.push_back(std::move(next));
    }
    return verdict_;
  }

 private:
  const ModelStep* step_of(const PlainState& state, std::size_t g) const {
    const auto& steps = model_.goroutines[g];
    return state.at[g] < steps.size() ? &steps[state.at[g]] : nullptr;
  }

  std::vector<PlainState> successors(const PlainState& state) {
    std::vector<PlainState> found;
    const std::size_t end = model_.goroutines[0].size();
    if (state.at[0] > end) return found;  // main has returned
    note_races(state);
    std::set<std::uint32_t> waiting;
    bool can_move = state.at[0] == end;
    if (can_move) {
      found.push_back(state);
      ++found.back().at[0];
    }
    for (std::size_t g = 0; g < model_.goroutines.size(); ++g) {
      const ModelStep* step = step_of(state, g);
      if (!step) continue;
      waiting.insert(static_cast<std::uint32_t>(g * 100 + state.at[g]));
      can_move |= take(state, g, *step, found);
    }
    if (!can_move) verdict_.stuck.insert(waiting);
    return found;
  }

  // Appends what the step leads to; returns whether it can be taken. A step
  // that throws can be taken and leads nowhere.
  bool take(const PlainState& state, std::size_t g, const ModelStep& step,
            std::vector<PlainState>& found) {
    const std::size_t o = step.object;
    PlainState next = state;
    ++next.at[g];
    switch (step.kind) {
      case StepKind::kSend:
        if (state.closed[o]) return true;
        if (model_.capacities[o] == 0) return meet(state, g, o, found);
        if (state.buffered[o] >= model_.capacities[o]) return false;
        ++next.buffered[o];
        break;
      case StepKind::kRecv:
        if (state.buffered[o] > 0)
          --next.buffered[o];
        else if (!state.closed[o])
          return model_.capacities[o] == 0 && someone_sends(state, g, o);
        break;
      case StepKind::kClose:
        if (state.closed[o]) return true;
        next.closed[o] = true;
        break;
      case StepKind::kLock:
        if (state.owner[o] >= 0) return false;
        next.owner[o] = static_cast<int>(g);
        break;
      case StepKind::kUnlock:
        next.owner[o] = -1;
        break;
      case StepKind::kDone:
        if (--next.counter < 0) return true;
        break;
      case StepKind::kWait:
        if (state.counter > 0) return false;
        break;
      case StepKind::kRead:
      case StepKind::kWrite:
        break;
    }
    found.push_back(std::move(next));
    return true;
  }

  bool someone_sends(const PlainState& state, std::size_t receiver,
                     std::size_t channel) const {
    for (std::size_t g = 0; g < model_.goroutines.size(); ++g) {
      const ModelStep* step = step_of(state, g);
      if (g != receiver && step && step->kind == StepKind::kSend &&
          step->object == channel)
        return true;
    }
    return false;
  }

  bool meet(const PlainState& state, std::size_t sender, std::size_t channel,
            std::vector<PlainState>& found) {
    bool met = false;
    for (std::size_t g = 0; g < model_.goroutines.size(); ++g) {
      const ModelStep* step = step_of(state, g);
      if (g == sender || !step || step->kind != StepKind::kRecv ||
          step->object != channel)
        continue;
      PlainState next = state;
      ++next.at[g];
      ++next.at[sender];
      found.push_back(std::move(next));
      met = true;
    }
    return met;
  }

  void note_races(const PlainState& state) {
    for (std::size_t a = 0; a < model_.goroutines.size(); ++a)
      for (std::size_t b = a + 1; b < model_.goroutines.size(); ++b) {
        const ModelStep* x = step_of(state, a);
        const ModelStep* y = step_of(state, b);
        if (!x || !y || x->object != y->object) continue;
        const auto accesses = [](const ModelStep& step) {
          return step.kind == StepKind::kRead || step.kind == StepKind::kWrite;
        };
        const bool writes =
            x->kind == StepKind::kWrite || y->kind == StepKind::kWrite;
        if (accesses(*x) && accesses(*y) && writes)
          verdict_.racy.insert(x->object);
      }
  }

  const RandomModel& model_;
  std::set<PlainState> seen_;
  Verdict verdict_;
};

// Builds the code of one goroutine.
class CodeWriter {
 public:
  explicit CodeWriter(model::Function& function) : function_(function) {}

  model::Register value(model::Op op, std::int64_t imm,
                        model::Register a = model::kNoRegister) {
    model::Instruction instruction;
    instruction.op = op;
    instruction.imm = imm;
    instruction.a = a;
    instruction.dst = function_.registers++;
    function_.code.push_back(instruction);
    return instruction.dst;
  }
  void effect(model::Op op, model::SiteId site, model::Register a,
              std::int64_t imm = 0, model::Register b = model::kNoRegister) {
    model::Instruction instruction;
    instruction.op = op;
    instruction.site = site;
    instruction.a = a;
    instruction.b = b;
    instruction.imm = imm;
    if (op == model::Op::kRecv) {
      instruction.dst = function_.registers++;
      instruction.c = function_.registers++;
    }
    function_.code.push_back(instruction);
  }

 private:
  model::Function& function_;
};

void write_step(CodeWriter& code, const RandomModel& model,
                const ModelStep& step, model::SiteId site) {
  using model::Op;
  // The globals: the channels, the locks, the wait group, the variables.
  const std::size_t locks = model.capacities.size();
  const std::size_t group = locks + model.locks;
  const auto cell = [&](std::size_t index) {
    return code.value(Op::kGlobal, static_cast<std::int64_t>(index));
  };
  const auto channel = [&] {
    return code.value(Op::kLoad, 0, cell(step.object));
  };
  const auto variable = [&] { return cell(group + 1 + step.object); };
  switch (step.kind) {
    case StepKind::kSend:
      code.effect(Op::kSend, site, channel());
      break;
    case StepKind::kRecv:
      code.effect(Op::kRecv, site, channel());
      break;
    case StepKind::kClose:
      code.effect(Op::kClose, site, channel());
      break;
    case StepKind::kLock:
      code.effect(Op::kLock, site, cell(locks + step.object));
      break;
    case StepKind::kUnlock:
      code.effect(Op::kUnlock, site, cell(locks + step.object));
      break;
    case StepKind::kDone:
      code.effect(Op::kDone, site, cell(group));
      break;
    case StepKind::kWait:
      code.effect(Op::kWait, site, cell(group));
      break;
    case StepKind::kRead:
      code.effect(Op::kTouch, site, variable(), 0);
      break;
    case StepKind::kWrite:
      code.effect(Op::kTouch, site, variable(), 1);
      break;
  }
}

}  // namespace

RandomModel random_model(std::uint32_t seed) {
  std::mt19937 random(seed);
  const auto below = [&](std::size_t n) { return random() % n; };
  RandomModel model;
  for (std::size_t i = 0; i < 1 + below(2); ++i)
    model.capacities.push_back(static_cast<int>(below(3)));
  model.locks = 1 + below(2);
  model.variables = 1 + below(2);
  model.counter = static_cast<int>(below(3));
  const std::size_t goroutines = 2 + below(2);
  for (std::size_t g = 0; g < goroutines; ++g) {
    std::vector<ModelStep> steps;
    std::vector<std::size_t> held;
    const std::size_t count = 2 + below(4);
    while (steps.size() < count) {
      const auto kind = static_cast<StepKind>(below(9));
      const bool access = kind == StepKind::kRead || kind == StepKind::kWrite;
      std::size_t object =
          below(access                    ? model.variables
                : kind == StepKind::kLock ? model.locks
                                          : model.capacities.size());
      if (kind == StepKind::kUnlock) {
        if (held.empty()) continue;
        object = held.back();
        held.pop_back();
      }
      if (kind == StepKind::kLock) {
        if (std::ranges::find(held, object) != held.end()) continue;
        held.push_back(object);
      }
      if (kind == StepKind::kDone || kind == StepKind::kWait) object = 0;
      steps.push_back({kind, object});
    }
    model.goroutines.push_back(std::move(steps));
  }
  return model;
}

std::string to_string(const RandomModel& model) {
  static const char* const kNames[] = {"send", "recv",   "close",
                                       "lock", "unlock", "done",
                                       "wait", "read",   "write"};
  std::string text = "capacities:";
  for (const int capacity : model.capacities)
    text += " " + std::to_string(capacity);
  text += "; counter " + std::to_string(model.counter) + "\n";
  for (const auto& steps : model.goroutines) {
    for (const ModelStep& step : steps)
      text += std::string(kNames[static_cast<std::size_t>(step.kind)]) +
              std::to_string(step.object) + " ";
    text += "\n";
  }
  return text;
}

Verdict run_plainly(const RandomModel& model) { return PlainRun(model).run(); }

model::Program to_program(const RandomModel& model) {
  using model::Op;
  model::Program program;
  program.names.emplace_back();
  program.globals.assign(model.capacities.size(), model::CellKind::kNil);
  program.globals.insert(program.globals.end(), model.locks,
                         model::CellKind::kMutex);
  program.globals.push_back(model::CellKind::kWaitGroup);
  for (std::size_t i = 0; i < model.variables; ++i) {
    program.global_variables.push_back(
        {std::to_string(i), static_cast<std::uint32_t>(program.globals.size()),
         1, static_cast<model::SiteId>(i)});
    program.globals.push_back(model::CellKind::kUnknown);
  }
  for (std::size_t g = 0; g < model.goroutines.size(); ++g) {
    model::Function function;
    function.defined = true;
    CodeWriter code(function);
    if (g == 0) {
      for (std::size_t c = 0; c < model.capacities.size(); ++c) {
        const auto capacity = code.value(Op::kConst, model.capacities[c]);
        const auto made = code.value(Op::kMake, 0, capacity);
        const auto cell = code.value(Op::kGlobal, static_cast<std::int64_t>(c));
        code.effect(Op::kStore, model::kNoSite, cell, 0, made);
      }
      const auto group = code.value(
          Op::kGlobal,
          static_cast<std::int64_t>(model.capacities.size() + model.locks));
      const auto counter = code.value(Op::kConst, model.counter);
      code.effect(Op::kAdd, model::kNoSite, group, 0, counter);
      for (std::size_t other = 1; other < model.goroutines.size(); ++other)
        code.effect(Op::kSpawn, model::kNoSite, model::kNoRegister,
                    static_cast<std::int64_t>(other));
    }
    for (std::size_t i = 0; i < model.goroutines[g].size(); ++i)
      write_step(code, model, model.goroutines[g][i],
                 static_cast<model::SiteId>(g * 100 + i));
    code.effect(Op::kReturn, model::kNoSite, model::kNoRegister);
    program.functions.push_back(std::move(function));
  }
  model::prepare(program);
  return program;
}

}  // namespace chansan::check
