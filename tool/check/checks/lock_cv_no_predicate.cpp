// lock-cv-no-predicate: a wait for a condition that does not test it again.
#include "tool/check/check.h"
#include "tool/check/checks/sections.h"

namespace chansan::check {
namespace {

// Whether the lock of the wait was taken by who called the function: then the
// function is a wrapper, and the loop is its caller's.
bool taken_by_caller(const Call& wait) {
  const Place lock = wait.args.empty() ? Place{} : place_of(wait.args[0]);
  if (lock.empty()) return false;
  const auto* variable = llvm::dyn_cast_or_null<clang::VarDecl>(lock.front());
  if (!variable || variable->getType()->isReferenceType()) return true;
  return llvm::isa<clang::ParmVarDecl>(variable) ||
         (variable->hasInit() && adopts(variable->getInit()));
}

// The if-statement that the wait is all of: a loop is what it was meant to be.
const clang::IfStmt* only_tested_once(const clang::Expr* wait,
                                      const Facts& facts) {
  const clang::Stmt* up = facts.parent(wait);
  while (up && (llvm::isa<clang::FullExpr>(up) ||
                (llvm::isa<clang::CompoundStmt>(up) &&
                 llvm::cast<clang::CompoundStmt>(up)->size() == 1)))
    up = facts.parent(up);
  const auto* test = llvm::dyn_cast_or_null<clang::IfStmt>(up);
  const bool plain = test && !test->getElse() && !test->hasInitStorage() &&
                     !test->hasVarStorage() && !test->isConstexpr() &&
                     !test->getIfLoc().isMacroID();
  return plain && facts.within(wait, test->getThen()) ? test : nullptr;
}

class LockCvNoPredicate final : public SourceCheck {
 public:
  using SourceCheck::SourceCheck;

 private:
  void judge(const Facts& facts) override {
    for (const Body& body : facts.bodies())
      for (const Call* call : body.calls) {
        if (call->role != Role::kCondWait) continue;
        if (facts.loop_around(call->expr, nullptr)) continue;
        // A wrapper of wait() leaves the loop to its caller.
        const auto* block = llvm::dyn_cast<clang::CompoundStmt>(body.block);
        if ((block && block->size() == 1) || taken_by_caller(*call)) continue;
        std::vector<clang::FixItHint> fixes;
        if (const auto* test = only_tested_once(call->expr, facts))
          fixes.push_back(
              clang::FixItHint::CreateReplacement(test->getIfLoc(), "while"));
        report(call->at(),
               "a wait() that is not in a loop: it may end without the "
               "condition; use wait(lock, condition)",
               {}, fixes);
      }
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(lock_cv_no_predicate, LockCvNoPredicate)

}  // namespace chansan::check
