// Accesses of a loop that are checked at once before it: those of one place,
// and those that walk through memory step by step.
#pragma once

#include "detector/pass/access.h"
#include "detector/pass/statistics.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/Analysis/LoopInfo.h"
#include "llvm/Analysis/ScalarEvolution.h"
#include "llvm/IR/Dominators.h"

namespace chansan::pass {

/// What the loops of one function are judged by.
struct LoopFacts {
  llvm::LoopInfo& loops;
  llvm::DominatorTree& tree;
  llvm::ScalarEvolution& scalars;
};

/// Puts the checks there and takes the accesses out of the compiler's hands;
/// `done` need none already. Requires: the loops are in simplified form.
void check_before_loops(const LoopFacts& facts,
                        const llvm::SmallPtrSetImpl<llvm::Instruction*>& done,
                        Statistics& statistics);

}  // namespace chansan::pass
