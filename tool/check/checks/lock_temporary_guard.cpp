// lock-temporary-guard: a guard without a name unlocks at the end of its own
// statement, so that what follows is not protected.
#include "clang/ASTMatchers/ASTMatchers.h"
#include "tool/check/check.h"
#include "tool/check/lower/names.h"
#include "tool/check/lower/roles.h"

namespace chansan::check {
namespace {

// A name between the type and its arguments.
std::vector<clang::FixItHint> fix_of(const clang::Expr* guard) {
  clang::SourceLocation at;
  if (const auto* made = llvm::dyn_cast<clang::CXXTemporaryObjectExpr>(guard)) {
    at = made->getParenOrBraceRange().getBegin();
  } else if (const auto* cast =
                 llvm::dyn_cast<clang::CXXFunctionalCastExpr>(guard)) {
    at = cast->getLParenLoc();
    const auto* list = llvm::dyn_cast<clang::InitListExpr>(
        cast->getSubExpr()->IgnoreImplicit());
    if (at.isInvalid() && list) at = list->getLBraceLoc();
    if (at.isInvalid())
      if (const auto* inner = llvm::dyn_cast<clang::CXXConstructExpr>(
              cast->getSubExpr()->IgnoreImplicit()))
        at = inner->getParenOrBraceRange().getBegin();
  }
  if (at.isInvalid() || at.isMacroID()) return {};
  return {clang::FixItHint::CreateInsertion(at, " guard")};
}

class LockTemporaryGuard final : public Check {
 public:
  using Check::Check;

  void registerMatchers(clang::ast_matchers::MatchFinder* finder) override {
    using namespace clang::ast_matchers;
    finder->addMatcher(compoundStmt().bind("block"), this);
    finder->addMatcher(ifStmt().bind("block"), this);
  }

  void check(
      const clang::ast_matchers::MatchFinder::MatchResult& match) override {
    const auto* block = match.Nodes.getNodeAs<clang::Stmt>("block");
    const auto* test = llvm::dyn_cast<clang::IfStmt>(block);
    for (const clang::Stmt* statement : block->children()) {
      if (test && statement == test->getCond()) continue;
      const auto* expression = llvm::dyn_cast_or_null<clang::Expr>(statement);
      if (!expression || expression->getBeginLoc().isMacroID()) continue;
      const clang::Expr* bare = expression->IgnoreUnlessSpelledInSource();
      if (!llvm::isa<clang::CXXConstructExpr, clang::CXXFunctionalCastExpr,
                     clang::InitListExpr>(bare))
        continue;
      const auto* record = lower::record_of(bare->getType());
      if (!record || lower::named_type_role(record) != lower::TypeRole::kGuard)
        continue;
      report(bare->getBeginLoc(),
             "this guard has no name: it unlocks again before the next "
             "statement",
             {}, fix_of(bare));
    }
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(lock_temporary_guard, LockTemporaryGuard)

}  // namespace chansan::check
