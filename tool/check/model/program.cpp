#include "tool/check/model/program.h"

#include <algorithm>

#include "tool/check/model/registers.h"

namespace chansan::model {
namespace {

// Whether the instruction by itself can make goroutines wait, wake or start.
bool synchronizes(const Instruction& instruction) {
  switch (instruction.op) {
    case Op::kSpawn:
    case Op::kSpawnLater:
    case Op::kDisarm:
    case Op::kMakeContext:
    case Op::kCancel:
    case Op::kCondEnter:
    case Op::kCondWait:
    case Op::kNotify:
    case Op::kJoin:
    case Op::kAdopt:
    case Op::kMake:
    case Op::kMakeTimer:
    case Op::kSend:
    case Op::kRecv:
    case Op::kClose:
    case Op::kSelect:
    case Op::kLock:
    case Op::kRLock:
    case Op::kTryLock:
    case Op::kUnlock:
    case Op::kRUnlock:
    case Op::kAdd:
    case Op::kDone:
    case Op::kWait:
    case Op::kOnceEnter:
    case Op::kOnceLeave:
    case Op::kAcquire:
    case Op::kRelease:
    case Op::kExpect:
    case Op::kArrive:
    case Op::kPhase:
    case Op::kFulfil:
    case Op::kAtomicLoad:
    case Op::kAtomicStore:
    case Op::kAtomicRmw:
      return true;
    default:
      return false;
  }
}

bool is_relevant(const Program& program, const Instruction& instruction) {
  if (synchronizes(instruction)) return true;
  if (instruction.op != Op::kCall) return false;
  if (instruction.a != kNoRegister) return true;  // any function
  const auto id = static_cast<std::size_t>(instruction.imm);
  return id < program.functions.size() && program.functions[id].relevant;
}

// From what synchronizes by itself to all that call it.
void find_relevant(Program& program) {
  std::vector<std::vector<FunctionId>> callers(program.functions.size());
  std::vector<FunctionId> work;
  for (FunctionId id = 0; id < program.functions.size(); ++id)
    for (const Instruction& instruction : program.functions[id].code) {
      const auto callee = static_cast<std::size_t>(instruction.imm);
      if (is_relevant(program, instruction)) {
        program.functions[id].relevant = true;
        work.push_back(id);
        break;
      }
      if (instruction.op == Op::kCall && callee < callers.size())
        callers[callee].push_back(id);
    }
  while (!work.empty()) {
    const FunctionId id = work.back();
    work.pop_back();
    for (const FunctionId caller : callers[id]) {
      if (program.functions[caller].relevant) continue;
      program.functions[caller].relevant = true;
      work.push_back(caller);
    }
  }
}

// From here on it is settled which units there are.
void resolve_links(const Program& program, Function& function) {
  for (std::size_t i = 0; i < function.code.size(); ++i) {
    Instruction& instruction = function.code[i];
    if (instruction.op != Op::kLinked) continue;
    const bool is_function = instruction.imm >= 0;
    const auto id = static_cast<std::size_t>(
        is_function ? instruction.imm : -1 - instruction.imm);
    const bool linked = is_function ? program.functions[id].defined
                                    : program.global_variables[id].linked;
    instruction.op = Op::kJump;
    instruction.imm = static_cast<std::int64_t>(linked ? i + 1 : instruction.b);
    instruction.b = kNoRegister;
  }
}

// A loop that does not synchronize runs once, with unknown values: how often
// it runs cannot matter to others. One that makes function objects gives each
// its own.
void cut_loops(const Program& program, Function& function) {
  std::vector<bool> relevant(function.loops.size());
  for (const Instruction& instruction : function.code) {
    if (!is_relevant(program, instruction) && instruction.op != Op::kClosure)
      continue;
    for (std::uint16_t loop = instruction.loop; loop;
         loop = function.loops[loop])
      relevant[loop] = true;
  }
  for (Instruction& instruction : function.code) {
    if (!instruction.loop || relevant[instruction.loop]) continue;
    if (instruction.op == Op::kStore && !instruction.quiet)
      instruction.b = kNoRegister;
    if (instruction.loop_branch) instruction.op = Op::kOnceLoop;
  }
}

// Finds what both sides of a branch lead to.
class Branches {
 public:
  Branches(const Program& program, Function& function)
      : function_(function), starts_(function.code.size()) {
    for (const Instruction& instruction : function.code) {
      relevant_.push_back(is_relevant(program, instruction));
      const bool jumps = instruction.op == Op::kJump ||
                         instruction.op == Op::kBranch ||
                         instruction.op == Op::kOnceLoop;
      if (!jumps) continue;
      mark_start(static_cast<std::size_t>(instruction.imm));
      if (instruction.op != Op::kJump) mark_start(instruction.b);
    }
  }

  void run() {
    for (std::size_t i = 0; i < function_.code.size(); ++i) {
      Instruction& branch = function_.code[i];
      if (branch.op != Op::kBranch) continue;
      const auto on_true = reach(static_cast<std::size_t>(branch.imm), kNoStop);
      const auto on_false = reach(branch.b, kNoStop);
      const bool true_acts = acts(on_true);
      const bool false_acts = acts(on_false);
      branch.quiet = !true_acts && !false_acts;
      const bool true_begins = begins(on_true);
      if (!branch.loop_branch && true_begins != begins(on_false))
        branch.usual = true_begins ? Side::kTrue : Side::kFalse;
      if (!branch.quiet) branch.quiet = joins_quietly(i, on_true, on_false);
    }
  }

 private:
  using Set = std::vector<bool>;
  static constexpr std::size_t kNoStop = ~std::size_t{0};

  // What can be executed from `start` on, up to and without `stop`.
  Set reach(std::size_t start, std::size_t stop) const {
    Set reached(function_.code.size());
    std::vector<std::size_t> work = {start};
    while (!work.empty()) {
      const std::size_t at = work.back();
      work.pop_back();
      if (at == stop || at >= reached.size() || reached[at]) continue;
      reached[at] = true;
      const Instruction& instruction = function_.code[at];
      const auto target = static_cast<std::size_t>(instruction.imm);
      switch (instruction.op) {
        case Op::kReturn:
        case Op::kStop:
          break;
        case Op::kJump:
          work.push_back(target);
          break;
        case Op::kBranch:
        case Op::kOnceLoop:
          work.push_back(target);
          work.push_back(instruction.b);
          break;
        default:
          work.push_back(at + 1);
          break;
      }
    }
    return reached;
  }

  bool acts(const Set& reached) const {
    for (std::size_t i = 0; i < reached.size(); ++i)
      if (reached[i] && relevant_[i]) return true;
    return false;
  }

  // Whether more is done than to give locks back, as a guard does.
  bool begins(const Set& reached) const {
    for (std::size_t i = 0; i < reached.size(); ++i)
      if (reached[i] && relevant_[i] && function_.code[i].op != Op::kUnlock &&
          function_.code[i].op != Op::kRUnlock)
        return true;
    return false;
  }

  bool leaves(const Set& reached) const {
    for (std::size_t i = 0; i < reached.size(); ++i)
      if (reached[i] && (function_.code[i].op == Op::kReturn ||
                         function_.code[i].op == Op::kStop))
        return true;
    return false;
  }

  // Whether there is a place that both sides must come to, and nothing on the
  // way to it synchronizes.
  bool joins_quietly(std::size_t at, const Set& on_true,
                     const Set& on_false) const {
    const Instruction& branch = function_.code[at];
    for (std::size_t join = 0; join < on_true.size(); ++join) {
      if (!on_true[join] || !on_false[join] || join == at) continue;
      if (!starts_[join]) continue;
      bool quiet = true;
      for (const std::size_t start : {static_cast<std::size_t>(branch.imm),
                                      static_cast<std::size_t>(branch.b)}) {
        const Set before = reach(start, join);
        quiet = quiet && !acts(before) && !leaves(before) && !before[at];
      }
      if (quiet) return true;
    }
    return false;
  }

  void mark_start(std::size_t at) {
    if (at < starts_.size()) starts_[at] = true;
  }

  Function& function_;
  std::vector<bool> starts_;    // where jumps lead to
  std::vector<bool> relevant_;  // by instruction
};

// Whether control may come from each instruction to a return.
void find_returns(Function& function) {
  const std::size_t size = function.code.size();
  function.returns.assign(size, false);
  for (bool changed = true; changed;) {
    changed = false;
    for (std::size_t i = size; i-- > 0;) {
      if (function.returns[i]) continue;
      const Instruction& at = function.code[i];
      const auto leads = [&](std::size_t to) {
        return to < size && function.returns[to];
      };
      const auto target = static_cast<std::size_t>(at.imm);
      bool returns = false;
      switch (at.op) {
        case Op::kReturn:
        case Op::kStop:
          returns = true;
          break;
        case Op::kJump:
          returns = leads(target);
          break;
        case Op::kBranch:
        case Op::kOnceLoop:
          returns = leads(target) || leads(at.b);
          break;
        default:
          returns = leads(i + 1);
          break;
      }
      function.returns[i] = returns;
      changed |= returns;
    }
  }
}

}  // namespace

void add_initialise(Program& program) {
  Function all;
  all.name = "the initialisation of globals";
  all.defined = true;
  for (const Variable& variable : program.global_variables) {
    if (variable.initialiser == kNoFunction) continue;
    Instruction call{Op::kCall};
    call.imm = variable.initialiser;
    all.code.push_back(std::move(call));
  }
  if (program.global_variables.empty()) return;
  all.code.push_back({Op::kOthers});
  all.code.push_back({Op::kReturn});
  program.initialise = static_cast<FunctionId>(program.functions.size());
  program.functions.push_back(std::move(all));
}

void prepare(Program& program) {
  for (Function& function : program.functions) resolve_links(program, function);
  find_relevant(program);
  for (Function& function : program.functions) {
    cut_loops(program, function);
    if (function.relevant) Branches(program, function).run();
    pack_registers(program, function);
    find_returns(function);
  }
}

}  // namespace chansan::model
