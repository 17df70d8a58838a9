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
          if (!is_callback(*other) || !section.covers(other, facts)) continue;
          report(other->getBeginLoc(),
                 "a callback is called with " +
                     spelled(section.lock->object, "the lock") +
                     " held: it may want it too, or wait for long",
                 {{section.lock->at(), 0, "it is locked here"}});
        }
  }

  // A std::function, or a pointer to a function.
  static bool is_callback(const clang::Expr& expr) {
    if (const auto* call = llvm::dyn_cast<clang::CXXOperatorCallExpr>(&expr)) {
      if (call->getOperator() != clang::OO_Call) return false;
      const auto* record = lower::record_of(call->getArg(0)->getType());
      return record && lower::named_type_role(record) == TypeRole::kFunction;
    }
    const auto* call = llvm::dyn_cast<clang::CallExpr>(&expr);
    const auto* callee = call ? bare(call->getCallee()) : nullptr;
    return callee && !call->getDirectCallee() &&
           callee->getType()->isFunctionPointerType();
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(lock_held_across_callback, LockHeldAcrossCallback)

}  // namespace chansan::check
