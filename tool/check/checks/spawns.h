// Goroutines and threads in the syntax tree.
#pragma once

#include "clang/AST/ExprCXX.h"
#include "tool/check/lower/roles.h"

namespace chansan::check {

/// The function literal that `call` runs in a goroutine; null if `call` starts
/// none, or something else.
const clang::LambdaExpr* spawned_lambda(const clang::CallExpr& call,
                                        lower::Roles& roles);

}  // namespace chansan::check
