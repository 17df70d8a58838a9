// lock-os-mutex-in-goroutine: a goroutine waits in a way that blocks its OS
// thread.
#include <algorithm>

#include "tool/check/check.h"
#include "tool/check/checks/sections.h"
#include "tool/check/checks/spawns.h"
#include "tool/check/lower/names.h"

namespace chansan::check {
namespace {

class LockOsMutexInGoroutine final : public SourceCheck {
 public:
  using SourceCheck::SourceCheck;

 private:
  void judge(const Facts& facts) override {
    for (const Spawn& spawn : facts.spawns())
      if (const Body* body = spawn.thread ? nullptr : started(spawn, facts))
        judge(*body, spawn, facts);
  }

  void judge(const Body& body, const Spawn& spawn, const Facts& facts) {
    for (const Section& section : sections_of(body, facts)) {
      const bool parks = std::ranges::any_of(body.calls, [&](const Call* call) {
        return std::ranges::find(kParks, call->role) != kParks.end() &&
               section.covers(call->expr, facts);
      });
      if (!section.native || (parks && is_enabled("go-raii-across-yield")))
        continue;
      report(section.lock->at(),
             "a goroutine that waits for this lock blocks its OS thread and "
             "all goroutines on it; use csp::mutex",
             {{spawn.call->at(), 0, "the goroutine is started here"}});
    }
    for (const Call* call : body.calls) {
      const auto* record =
          call->object ? lower::record_of(call->object->getType()) : nullptr;
      const bool waits = call->role == Role::kCondWait ||
                         call->role == Role::kCondWaitPred ||
                         call->role == Role::kCondWaitFor;
      if (waits && record && record->isInStdNamespace())
        report(call->at(),
               "this wait blocks the goroutine's OS thread and all goroutines "
               "on it; use csp::condition_variable",
               {{spawn.call->at(), 0, "the goroutine is started here"}});
    }
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(lock_os_mutex_in_goroutine, LockOsMutexInGoroutine)

}  // namespace chansan::check
