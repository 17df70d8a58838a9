// select-timer-in-loop: a timer that is made anew for each turn of a loop.
#include <algorithm>

#include "tool/check/check.h"

namespace chansan::check {
namespace {

class SelectTimerInLoop final : public SourceCheck {
 public:
  using SourceCheck::SourceCheck;

 private:
  void judge(const Facts& facts) override {
    for (const Body& body : facts.bodies())
      for (const Call* call : body.calls) {
        if (call->role != Role::kTimer || call->object ||
            !facts.loop_around(call->expr, body.block))
          continue;
        const bool in_select =
            std::ranges::any_of(body.calls, [&](const Call* select) {
              return select->role == Role::kSelect && select->args.size() > 1 &&
                     facts.within(call->expr, select->expr);
            });
        if (in_select)
          report(call->at(),
                 "a new timer for each turn of the loop: every other event "
                 "puts the deadline off; make one before the loop");
      }
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(select_timer_in_loop, SelectTimerInLoop)

}  // namespace chansan::check
