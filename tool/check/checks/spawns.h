// Goroutines and threads in the syntax tree.
#pragma once

#include <vector>

#include "clang/AST/ExprCXX.h"
#include "tool/check/facts.h"
#include "tool/check/lower/roles.h"

namespace chansan::check {

/// The function literal that `call` runs in a goroutine; null if `call` starts
/// none, or something else.
const clang::LambdaExpr* spawned_lambda(const clang::CallExpr& call,
                                        lower::Roles& roles);

/// What the goroutine begins with: a literal's body, or a function's that is
/// started by its name; null if it is not in this unit.
const Body* started(const Spawn& spawn, const Facts& facts);

/// That body, and those of the unit's functions that it calls.
std::vector<const Body*> run_by(const Spawn& spawn, const Facts& facts);

/// A local variable that the goroutine's literal captures by reference.
struct KeptReference {
  const clang::VarDecl* variable;
  clang::SourceLocation at;  // of the capture
};

/// Those of the function that starts the goroutine; none if what it starts is
/// no literal.
std::vector<KeptReference> kept_references(const Spawn& spawn);

/// The innermost block or loop around the spawn that declares `variable`; null
/// if none does, or if that is the block of the whole body.
const clang::Stmt* inner_scope_of(const clang::VarDecl& variable,
                                  const Spawn& spawn, const Facts& facts);

/// Whether something in `scope` may wait for the goroutine: a later call, or an
/// object that the scope ends.
bool waits_in(const clang::Stmt* scope, const Spawn& spawn, const Facts& facts);

}  // namespace chansan::check
