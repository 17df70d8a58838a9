// timer-stop-undrained: the channel of a stopped timer is drained.
#include "tool/check/check.h"

namespace chansan::check {
namespace {

class TimerStopUndrained final : public SourceCheck {
 public:
  using SourceCheck::SourceCheck;

 private:
  void judge(const Facts& facts) override {
    for (const Body& body : facts.bodies())
      for (const Call* stop : body.calls)
        if (stop->role == Role::kTimerStop && !stop->place().empty())
          judge(body, *stop, facts);
  }

  // if (!t.stop()) t.channel().recv();
  void judge(const Body& body, const Call& stop, const Facts& facts) {
    const auto* branch = llvm::dyn_cast_or_null<clang::IfStmt>(
        facts.around<clang::IfStmt>(stop.expr, body.block));
    if (!branch || !facts.within(stop.expr, branch->getCond())) return;
    for (const Call* recv : body.calls) {
      if (recv->role != Role::kRecv || !recv->object ||
          !facts.within(recv->expr, branch->getThen()))
        continue;
      for (const Call* channel : body.calls)
        if (channel->role == Role::kTimer && channel->place() == stop.place() &&
            facts.within(channel->expr, recv->expr))
          report(recv->at(),
                 "after stop() nothing comes any more, also if the timer had "
                 "fired: this receive waits for ever; leave it out");
    }
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(timer_stop_undrained, TimerStopUndrained)

}  // namespace chansan::check
