// go-unbounded-spawn: an endless loop starts goroutines without a limit.
#include <algorithm>

#include "tool/check/check.h"

namespace chansan::check {
namespace {

class GoUnboundedSpawn final : public SourceCheck {
 public:
  using SourceCheck::SourceCheck;

 private:
  void judge(const Facts& facts) override {
    for (const Spawn& spawn : facts.spawns()) {
      if (spawn.thread) continue;
      const Body& body = *spawn.call->body;
      const auto* loop = llvm::dyn_cast_or_null<clang::ForStmt>(
          facts.loop_around(spawn.call->expr, body.block));
      if (!loop || loop->getCond()) continue;
      const bool limited =
          std::ranges::any_of(body.calls, [&](const Call* call) {
            return (call->role == Role::kSend ||
                    call->role == Role::kSemAcquire ||
                    call->role == Role::kSemTryAcquire) &&
                   facts.within(call->expr, loop);
          });
      if (!limited)
        report(spawn.call->at(),
               "this endless loop starts goroutines without a limit; acquire "
               "a semaphore before each");
    }
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(go_unbounded_spawn, GoUnboundedSpawn)

}  // namespace chansan::check
