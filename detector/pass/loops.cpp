#include "detector/pass/loops.h"

#include <algorithm>
#include <vector>

#include "llvm/Analysis/ScalarEvolutionExpressions.h"
#include "llvm/IR/Module.h"
#include "llvm/Transforms/Utils/ScalarEvolutionExpander.h"

namespace chansan::pass {

namespace {

using llvm::Loop;
using llvm::SCEV;

// Accesses at one distance from each other in every turn of the loop.
struct Member {
  Access access;
  std::int64_t offset;  // from the group's start
};
struct Group {
  const SCEV* start;  // in the first turn
  const SCEV* step;   // null: the place is the same in each turn
  bool writes;
  std::vector<Member> members;
};

// A run of bytes in each turn; the accesses that touch it.
struct Run {
  std::int64_t first = 0;
  std::int64_t end = 0;
  std::vector<const Access*> accesses;
};

// Each turn of such a loop executes all blocks that dominate its latch, the
// first turn follows the preheader for certain, and the goroutine does not
// synchronize from there to the loop's end.
bool is_fit(const Loop& loop) {
  if (loop.getLoopPreheader() == nullptr || loop.getLoopLatch() == nullptr ||
      loop.getExitingBlock() != loop.getLoopLatch()) {
    return false;
  }
  for (const llvm::BasicBlock* block : loop.blocks()) {
    for (const llvm::Instruction& instruction : *block) {
      if (may_synchronize(instruction)) return false;
    }
  }
  return true;
}

class LoopChecker {
 public:
  LoopChecker(const LoopFacts& facts, Statistics& statistics)
      : facts_(facts), statistics_(statistics) {}

  void run(Loop& loop, const llvm::SmallPtrSetImpl<llvm::Instruction*>& done) {
    turns_after_first_ = facts_.scalars.getBackedgeTakenCount(&loop);
    const bool counted =
        !llvm::isa<llvm::SCEVCouldNotCompute>(turns_after_first_);
    std::vector<Group> groups;
    for (llvm::BasicBlock* block : loop.blocks()) {
      // What inner loops did not take over runs many times in each turn.
      if (facts_.loops.getLoopFor(block) != &loop ||
          !facts_.tree.dominates(block, loop.getLoopLatch())) {
        continue;
      }
      for (llvm::Instruction& instruction : *block) {
        const auto access = access_of(instruction);
        if (!access || access->is_volatile || done.contains(&instruction) ||
            !may_be_shared(*access)) {
          continue;
        }
        add(loop, *access, counted, groups);
      }
    }
    for (const Group& group : groups) emit(loop, group);
  }

 private:
  void add(Loop& loop, const Access& access, bool counted,
           std::vector<Group>& groups) {
    llvm::ScalarEvolution& scalars = facts_.scalars;
    const SCEV* place = scalars.getSCEV(access.pointer);
    const SCEV* step = nullptr;
    if (!scalars.isLoopInvariant(place, &loop)) {
      const auto* walk = llvm::dyn_cast<llvm::SCEVAddRecExpr>(place);
      if (!counted || walk == nullptr || walk->getLoop() != &loop ||
          !walk->isAffine()) {
        return;
      }
      step = walk->getStepRecurrence(scalars);
      place = walk->getStart();
    }
    for (Group& group : groups) {
      if (group.step != step || group.writes != access.writes) continue;
      const auto distance =
          scalars.computeConstantDifference(place, group.start);
      if (!distance || !distance->isSignedIntN(48)) continue;
      group.members.push_back({access, distance->getSExtValue()});
      return;
    }
    groups.push_back({place, step, access.writes, {{access, 0}}});
  }

  static std::vector<Run> runs_of(const Group& group) {
    std::vector<const Member*> members;
    for (const Member& member : group.members) members.push_back(&member);
    std::sort(
        members.begin(), members.end(),
        [](const Member* a, const Member* b) { return a->offset < b->offset; });
    std::vector<Run> runs;
    for (const Member* member : members) {
      if (runs.empty() || member->offset > runs.back().end) {
        runs.push_back({member->offset, member->offset, {}});
      }
      Run& run = runs.back();
      run.end = std::max(run.end, member->offset + static_cast<std::int64_t>(
                                                       member->access.size));
      run.accesses.push_back(&member->access);
    }
    return runs;
  }

  void emit(Loop& loop, const Group& group) {
    llvm::ScalarEvolution& scalars = facts_.scalars;
    llvm::Type* word = llvm::Type::getInt64Ty(loop.getHeader()->getContext());
    for (const Run& run : runs_of(group)) {
      const std::int64_t length = run.end - run.first;
      const SCEV* start = scalars.getAddExpr(
          group.start, scalars.getConstant(word, run.first, true));
      const SCEV* size = scalars.getConstant(word, length);
      if (group.step == nullptr) {
        place_check(loop, run, {start, size}, statistics_.invariant);
        continue;
      }
      const SCEV* more =
          scalars.getTruncateOrZeroExtend(turns_after_first_, word);
      const SCEV* step = scalars.getTruncateOrSignExtend(group.step, word);
      const SCEV* way = scalars.getMulExpr(step, more);
      const auto* constant = llvm::dyn_cast<llvm::SCEVConstant>(step);
      if (constant != nullptr &&
          constant->getAPInt().abs().ule(static_cast<std::uint64_t>(length))) {
        const bool up = constant->getAPInt().isStrictlyPositive();
        place_check(
            loop, run,
            {up ? start : scalars.getAddExpr(start, way),
             scalars.getAddExpr(size, up ? way : scalars.getNegativeSCEV(way))},
            statistics_.contiguous);
      } else {
        const SCEV* turns = scalars.getAddExpr(more, scalars.getOne(word));
        place_check(loop, run, {start, size, step, turns}, statistics_.strided);
      }
    }
  }

  // Calls the entry point with `arguments` before the loop; before an outer one
  // if they do not change in there.
  void place_check(Loop& loop, const Run& run,
                   llvm::ArrayRef<const SCEV*> arguments,
                   std::uint64_t& count) {
    llvm::ScalarEvolution& scalars = facts_.scalars;
    const Loop* around = &loop;
    while (const Loop* outer = around->getParentLoop()) {
      const bool same = std::all_of(
          arguments.begin(), arguments.end(),
          [&](const SCEV* it) { return scalars.isLoopInvariant(it, outer); });
      if (!same || !is_fit(*outer) ||
          !facts_.tree.dominates(around->getLoopPreheader(),
                                 outer->getLoopLatch())) {
        break;
      }
      around = outer;
    }
    llvm::Instruction* before = around->getLoopPreheader()->getTerminator();
    llvm::SCEVExpander expander(scalars, "csp", /*PreserveLCSSA=*/false);
    for (const SCEV* argument : arguments) {
      if (!expander.isSafeToExpandAt(argument, before)) return;
    }
    llvm::SmallVector<llvm::Value*, 4> values;
    for (const SCEV* argument : arguments) {
      values.push_back(
          expander.expandCodeFor(argument, argument->getType(), before));
    }
    llvm::IRBuilder<> builder(before);
    const Access& access = *run.accesses.front();
    if (values.size() == 2) {
      check(builder, access, values[0], values[1]);
    } else {
      call_entry(builder, *access.at,
                 access.writes ? "__csp_write_strided" : "__csp_read_strided",
                 values);
    }
    for (const Access* checked : run.accesses) leave_alone(*checked->at);
    count += run.accesses.size();
  }

  const LoopFacts& facts_;
  Statistics& statistics_;
  const SCEV* turns_after_first_ = nullptr;
};

}  // namespace

void check_before_loops(const LoopFacts& facts,
                        const llvm::SmallPtrSetImpl<llvm::Instruction*>& done,
                        Statistics& statistics) {
  LoopChecker checker(facts, statistics);
  // Inner loops first: what they leave is the outer ones'.
  auto loops = facts.loops.getLoopsInPreorder();
  for (Loop* loop : llvm::reverse(loops)) {
    if (is_fit(*loop)) checker.run(*loop, done);
  }
}

}  // namespace chansan::pass
