// wg-add-in-goroutine: a goroutine whose first act is wait_group::add(). The
// wait can run before the goroutine does, see zero, and return too early.
#include "clang/ASTMatchers/ASTMatchers.h"
#include "tool/check/check.h"
#include "tool/check/checks/spawns.h"

namespace chansan::check {
namespace {

class WgAddInGoroutine final : public Check {
 public:
  using Check::Check;

  void registerMatchers(clang::ast_matchers::MatchFinder* finder) override {
    using namespace clang::ast_matchers;
    finder->addMatcher(callExpr(callee(functionDecl())).bind("call"), this);
  }

  void check(
      const clang::ast_matchers::MatchFinder::MatchResult& match) override {
    const auto* spawn = match.Nodes.getNodeAs<clang::CallExpr>("call");
    const clang::LambdaExpr* body = spawned_lambda(*spawn, roles_);
    if (!body) return;
    const auto* block = llvm::dyn_cast<clang::CompoundStmt>(body->getBody());
    if (!block || block->body_empty()) return;
    // A later add() may count a grandchild, which is right: silent.
    const auto* first = llvm::dyn_cast<clang::Expr>(block->body_front());
    const auto* add =
        first
            ? llvm::dyn_cast<clang::CXXMemberCallExpr>(first->IgnoreImplicit())
            : nullptr;
    if (!add || !add->getMethodDecl() ||
        roles_.of(add->getMethodDecl()) != lower::Role::kWgAdd)
      return;
    // Of a wait group of its own it is the goroutine's affair.
    const auto* object = llvm::dyn_cast<clang::DeclRefExpr>(
        add->getImplicitObjectArgument()->IgnoreParenImpCasts());
    if (object && !object->refersToEnclosingVariableOrCapture() &&
        !llvm::cast<clang::VarDecl>(object->getDecl())->hasGlobalStorage())
      return;
    report(add->getExprLoc(),
           "add() as a goroutine's first act: wait() may run before it and "
           "return too early; call add() before the goroutine is started",
           {{spawn->getBeginLoc(), 0, "the goroutine is started here"}});
  }

 private:
  lower::Roles roles_;
};

}  // namespace

CHANSAN_REGISTER_CHECK(wg_add_in_goroutine, WgAddInGoroutine)

}  // namespace chansan::check
