// What a pointer was before it became one to void or to a base.
#pragma once

#include "clang/AST/Expr.h"
#include "clang/AST/ExprCXX.h"

namespace chansan::lower {

/// The pointer that `pointer` is converted from: who is given it can reach all
/// of what that points to.
inline const clang::Expr* origin_of(const clang::Expr* pointer) {
  for (const clang::Expr* from = pointer;;) {
    from = from->IgnoreParens();
    const auto* cast = llvm::dyn_cast<clang::CastExpr>(from);
    const bool converts =
        cast && (cast->getCastKind() == clang::CK_BitCast ||
                 cast->getCastKind() == clang::CK_NoOp ||
                 cast->getCastKind() == clang::CK_DerivedToBase ||
                 cast->getCastKind() == clang::CK_UncheckedDerivedToBase);
    if (!converts) return pointer;
    from = cast->getSubExpr();
    const clang::QualType type = from->getType();
    if (!type->isPointerType()) return pointer;
    if (!type->getPointeeType()->isIncompleteType() &&
        !type->getPointeeType()->isFunctionType())
      pointer = from;
  }
}

}  // namespace chansan::lower
