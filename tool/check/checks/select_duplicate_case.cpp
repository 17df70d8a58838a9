// select-duplicate-case: two cases of one select receive from the same
// channel. Which of the two runs is chance: one of them names the wrong one.
#include "clang/ASTMatchers/ASTMatchers.h"
#include "llvm/ADT/DenseMap.h"
#include "tool/check/check.h"
#include "tool/check/lower/roles.h"

namespace chansan::check {
namespace {

using lower::Role;

class SelectDuplicateCase final : public Check {
 public:
  using Check::Check;

  void registerMatchers(clang::ast_matchers::MatchFinder* finder) override {
    using namespace clang::ast_matchers;
    finder->addMatcher(callExpr(callee(functionDecl())).bind("select"), this);
  }

  void check(
      const clang::ast_matchers::MatchFinder::MatchResult& match) override {
    const auto* select = match.Nodes.getNodeAs<clang::CallExpr>("select");
    const auto* callee = select->getDirectCallee();
    if (!callee || roles_.of(callee) != Role::kSelect) return;
    llvm::DenseMap<const clang::ValueDecl*, const clang::Expr*> received;
    for (const clang::Expr* arg : select->arguments()) {
      const auto* one =
          llvm::dyn_cast<clang::CallExpr>(arg->IgnoreUnlessSpelledInSource());
      if (!one || one->getNumArgs() == 0 || !one->getDirectCallee() ||
          roles_.of(one->getDirectCallee()) != Role::kRecvCase)
        continue;
      const auto* channel = llvm::dyn_cast<clang::DeclRefExpr>(
          one->getArg(0)->IgnoreUnlessSpelledInSource());
      if (!channel) continue;
      const auto [entry, is_new] =
          received.try_emplace(channel->getDecl(), one);
      if (is_new) continue;
      report(one->getExprLoc(),
             "a second case of this select receives from '" +
                 channel->getDecl()->getNameAsString() + "'",
             {{entry->second->getExprLoc(), 0, "the first is here"}});
    }
  }

 private:
  lower::Roles roles_;
};

}  // namespace

CHANSAN_REGISTER_CHECK(select_duplicate_case, SelectDuplicateCase)

}  // namespace chansan::check
