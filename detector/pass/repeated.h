// Accesses that need no check because another one, with no synchronization in
// between, looks at the same bytes at least as strictly.
#pragma once

#include <vector>

#include "detector/pass/access.h"
#include "detector/pass/statistics.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/IR/Function.h"

namespace chansan::pass {

/// Those of `accesses`, in the order of their blocks, that need none.
llvm::SmallPtrSet<llvm::Instruction*, 32> find_repeated(
    llvm::Function& function, Statistics& statistics);

}  // namespace chansan::pass
