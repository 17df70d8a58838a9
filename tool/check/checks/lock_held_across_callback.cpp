// lock-held-across-callback: a callback is called with a lock held.
#include "tool/check/check.h"
#include "tool/check/checks/sections.h"
#include "tool/check/lower/names.h"

namespace chansan::check {
namespace {

class LockHeldAcrossCallback final : public SourceCheck {
 public:
  using SourceCheck::SourceCheck;

 private:
  void judge(const Facts& facts) override {
    for (const Body& body : facts.bodies())
      for (const Section& section : sections_of(body, facts))
        for (const clang::Expr* other : body.others) {
          const auto* call = llvm::dyn_cast<clang::CXXOperatorCallExpr>(other);
          if (!call || call->getOperator() != clang::OO_Call ||
              !section.covers(other, facts))
            continue;
          const auto* record = lower::record_of(call->getArg(0)->getType());
          if (!record || lower::named_type_role(record) != TypeRole::kFunction)
            continue;
          report(other->getBeginLoc(),
                 "a callback is called with " +
                     spelled(section.lock->object, "the lock") +
                     " held: it may want it too, or wait for long",
                 {{section.lock->at(), 0, "it is locked here"}});
        }
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(lock_held_across_callback, LockHeldAcrossCallback)

}  // namespace chansan::check
