// lock-held-across-chan-op: a channel operation with a lock held.
#include <algorithm>

#include "tool/check/check.h"
#include "tool/check/checks/sections.h"

namespace chansan::check {
namespace {

class LockHeldAcrossChanOp final : public SourceCheck {
 public:
  using SourceCheck::SourceCheck;

 private:
  void judge(const Facts& facts) override {
    for (const Body& body : facts.bodies())
      for (const Section& section : sections_of(body, facts))
        for (const Call* call : body.calls) {
          const bool waits =
              call->role == Role::kSend || call->role == Role::kRecv ||
              call->role == Role::kWgWait || call->role == Role::kRange ||
              call->role == Role::kSemAcquire || call->role == Role::kJoin ||
              (call->role == Role::kSelect && blocks(*call, facts));
          if (!waits || !section.covers(call->expr, facts)) continue;
          report(call->at(),
                 "this may wait for long with " +
                     spelled(section.lock->object, "the lock") + " held",
                 {{section.lock->at(), 0, "it is locked here"}});
        }
  }

  static bool blocks(const Call& select, const Facts& facts) {
    return std::ranges::none_of(select.args, [&](const clang::Expr* arg) {
      const auto* one = llvm::dyn_cast<clang::CallExpr>(bare(arg));
      const auto* callee = one ? one->getDirectCallee() : nullptr;
      return callee && facts.roles().of(callee) == Role::kDefaultCase;
    });
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(lock_held_across_chan_op, LockHeldAcrossChanOp)

}  // namespace chansan::check
