// block-thread-join: a goroutine waits for a thread or a future.
#include "tool/check/check.h"

namespace chansan::check {
namespace {

class BlockThreadJoin final : public SourceCheck {
 public:
  using SourceCheck::SourceCheck;

 private:
  void judge(const Facts& facts) override {
    for (const Spawn& spawn : facts.spawns()) {
      if (!spawn.runs || spawn.thread) continue;
      for (const Call* call : spawn.runs->calls)
        if (call->role == Role::kJoin)
          report(call->at(),
                 "waiting for a thread or a future blocks the goroutine's OS "
                 "thread and all goroutines on it; use a channel, or "
                 "csp::blocking()",
                 {{spawn.call->at(), 0, "the goroutine is started here"}});
    }
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(block_thread_join, BlockThreadJoin)

}  // namespace chansan::check
