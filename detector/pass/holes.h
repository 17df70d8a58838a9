// What the compiler's own instrumentation leaves out.
#pragma once

#include "detector/pass/access.h"
#include "detector/pass/statistics.h"
#include "llvm/IR/Function.h"

namespace chansan::pass {

/// Makes loops of compare-and-exchange of the atomic updates that have no entry
/// point. *Returns* whether there were any: blocks have been split then.
bool expand_atomics(llvm::Function& function, Statistics& statistics);

/// Checks the loads and stores, not yet left alone, that have no entry point:
/// wide vectors, long double; and masked, gathered and scattered ones.
void check_odd_accesses(llvm::Function& function, Statistics& statistics);

}  // namespace chansan::pass
