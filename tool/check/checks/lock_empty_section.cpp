// lock-empty-section: a lock that is unlocked at once protects nothing; often
// the unlock was meant for the end of the function.
#include "clang/ASTMatchers/ASTMatchers.h"
#include "llvm/ADT/FoldingSet.h"
#include "tool/check/check.h"
#include "tool/check/lower/roles.h"

namespace chansan::check {
namespace {

using lower::Role;

class LockEmptySection final : public Check {
 public:
  using Check::Check;

  void registerMatchers(clang::ast_matchers::MatchFinder* finder) override {
    using namespace clang::ast_matchers;
    finder->addMatcher(compoundStmt().bind("block"), this);
  }

  void check(
      const clang::ast_matchers::MatchFinder::MatchResult& match) override {
    const auto* block = match.Nodes.getNodeAs<clang::CompoundStmt>("block");
    const clang::CXXMemberCallExpr* before = nullptr;
    for (const clang::Stmt* statement : block->body()) {
      const auto* expression = llvm::dyn_cast<clang::Expr>(statement);
      const auto* call = expression
                             ? llvm::dyn_cast<clang::CXXMemberCallExpr>(
                                   expression->IgnoreUnlessSpelledInSource())
                             : nullptr;
      if (before && call && ends(*before, *call, *match.Context))
        report(before->getExprLoc(),
               "this locks and unlocks at once: nothing is protected",
               {{call->getExprLoc(), 0, "unlocked here"}});
      before = call;
    }
  }

 private:
  bool ends(const clang::CXXMemberCallExpr& lock,
            const clang::CXXMemberCallExpr& unlock,
            const clang::ASTContext& context) {
    if (!lock.getMethodDecl() || !unlock.getMethodDecl()) return false;
    const Role first = roles_.of(lock.getMethodDecl());
    const Role second = roles_.of(unlock.getMethodDecl());
    const bool pair = (first == Role::kLock && second == Role::kUnlock) ||
                      (first == Role::kRLock && second == Role::kRUnlock);
    if (!pair) return false;
    llvm::FoldingSetNodeID a;
    llvm::FoldingSetNodeID b;
    lock.getImplicitObjectArgument()->Profile(a, context, true);
    unlock.getImplicitObjectArgument()->Profile(b, context, true);
    return a == b;
  }

  lower::Roles roles_;
};

}  // namespace

CHANSAN_REGISTER_CHECK(lock_empty_section, LockEmptySection)

}  // namespace chansan::check
