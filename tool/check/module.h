// The checks as a clang-tidy module, for our own command and the plugin.
#pragma once

#include <functional>

#include "tool/check/check.h"

namespace chansan::check {

/// Makes sure that a program which is linked with the checks registers them.
void link_module();

/// Calls `visit` with the name and the maker of every check.
void for_each_check(
    const std::function<void(llvm::StringRef, CheckMaker)>& visit);

}  // namespace chansan::check
