// lock-cv-no-predicate: a wait for a condition that does not test it again.
#include "tool/check/check.h"

namespace chansan::check {
namespace {

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
        if (block && block->size() == 1) continue;
        report(call->at(),
               "a wait() that is not in a loop: it may end without the "
               "condition; use wait(lock, condition)");
      }
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(lock_cv_no_predicate, LockCvNoPredicate)

}  // namespace chansan::check
