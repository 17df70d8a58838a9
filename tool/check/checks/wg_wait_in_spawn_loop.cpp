// wg-wait-in-spawn-loop: a wait in the loop that starts what is waited for.
#include <algorithm>

#include "tool/check/check.h"

namespace chansan::check {
namespace {

class WgWaitInSpawnLoop final : public SourceCheck {
 public:
  using SourceCheck::SourceCheck;

 private:
  void judge(const Facts& facts) override {
    for (const Body& body : facts.bodies())
      for (const Call* wait : body.calls) {
        if (wait->role != Role::kWgWait) continue;
        const clang::Stmt* loop = facts.loop_around(wait->expr, body.block);
        if (loop) judge(body, *wait, loop, facts);
      }
  }

  void judge(const Body& body, const Call& wait, const clang::Stmt* loop,
             const Facts& facts) {
    const Place group = wait.place();
    if (group.empty()) return;
    // A count for all turns that is waited for in each.
    const bool counted_before =
        std::ranges::any_of(body.calls, [&](const Call* add) {
          return add->role == Role::kWgAdd && add->place() == group &&
                 !facts.within(add->expr, loop) &&
                 facts.before(add->expr, loop);
        });
    const bool counted_inside =
        std::ranges::any_of(body.calls, [&](const Call* add) {
          return (add->role == Role::kWgAdd || add->role == Role::kWgGo) &&
                 add->place() == group && facts.within(add->expr, loop);
        });
    const bool starts =
        std::ranges::any_of(body.spawns, [&](const Spawn* spawn) {
          return facts.within(spawn->call->expr, loop) &&
                 facts.before(spawn->call->expr, wait.expr) &&
                 facts.loop_around(spawn->call->expr, body.block) == loop;
        });
    if (!counted_before || counted_inside || !starts) return;
    report(wait.at(),
           "wait() in the loop that starts the goroutines: the first turn "
           "waits for those of all turns; wait after the loop");
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(wg_wait_in_spawn_loop, WgWaitInSpawnLoop)

}  // namespace chansan::check
