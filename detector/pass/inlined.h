// The first half of a check in the program itself: whether this goroutine has
// already done to these bytes, since its last release, what it is about to do.
#pragma once

#include "detector/pass/statistics.h"
#include "llvm/IR/Function.h"

namespace chansan::pass {

/// The library is called only where that is not so. Takes all accesses that
/// the compiler would check and that the quick look can be had for.
void inline_checks(llvm::Function& function, Statistics& statistics);

}  // namespace chansan::pass
