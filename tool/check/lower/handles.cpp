// Handles: channels, smart pointers, function objects. Most are set once and
// shared ever after, so their reads count only where something changes them
// later: that keeps the histories of the others out of every state.
#include "tool/check/lower/lowerer.h"
#include "tool/check/lower/names.h"

namespace chansan::lower {
namespace {

// The variable or member that the expression names; null if it is an element,
// a result, ...
const clang::ValueDecl* named_by(const clang::Expr* expression) {
  expression = expression->IgnoreParenImpCasts();
  if (const auto* call = llvm::dyn_cast<clang::CallExpr>(expression))
    if (call->isCallToStdMove())
      expression = call->getArg(0)->IgnoreParenImpCasts();
  if (const auto* member = llvm::dyn_cast<clang::MemberExpr>(expression))
    return member->getMemberDecl();
  if (const auto* reference = llvm::dyn_cast<clang::DeclRefExpr>(expression))
    return reference->getDecl();
  return nullptr;
}

}  // namespace

void Lowerer::read_handle(const clang::Expr* object, Register address) {
  if (!object || object->isPRValue() || !is_tracked(object)) return;
  const clang::ValueDecl* decl = named_by(object);
  if (!decl) return;
  handle_reads_.push_back({out_.code.size(), decl});
  effect(Op::kTouch, {.a = address, .imm = 0}, object->getExprLoc());
}

void Lowerer::change_handle(const clang::Expr* object, Register address) {
  if (!object) return;
  if (const clang::ValueDecl* decl = named_by(object)) unit_.note_changed(decl);
  if (is_tracked(object))
    effect(Op::kTouch, {.a = address, .imm = 1}, object->getExprLoc());
}

// All cells of a record are read when it is copied.
void Lowerer::read_record(const clang::Expr* object, Register address) {
  if (object->isPRValue() || object->isXValue() || !is_tracked(object)) return;
  effect(Op::kTouch,
         {.a = address,
          .c = static_cast<Register>(unit_.types().size(object->getType()))},
         object->getExprLoc());
}

}  // namespace chansan::lower
