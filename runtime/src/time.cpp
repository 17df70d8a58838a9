#include "csp/time.h"

#include <limits>

#include "runtime/src/chan_core.h"
#include "runtime/src/listener.h"
#include "runtime/src/scheduler.h"
#include "runtime/src/timer_heap.h"

namespace csp::internal {

/// The public headers' name for a timer that outlives a call.
class TimerCore : public TimerEntry {};

namespace {

std::int64_t deadline_after(std::int64_t ns) {
  const std::int64_t now = now_ns();
  // kForever is "no timer".
  if (ns >= kForever - now) return kForever - 1;
  return now + std::max<std::int64_t>(ns, 0);
}

void tell_set(const TimerEntry* timer) {
  if (listening()) [[unlikely]] {
    tell(seam::EventKind::kRelease, this_goroutine(), timer);
  }
}

}  // namespace

void sleep_ns(std::int64_t ns) {
  Goroutine* self = this_goroutine();
  if (ns <= 0) {
    if (!self->foreign) scheduler().yield();
    return;
  }
  begin_wait(self, WaitReason::kSleep, nullptr);
  timers().add_sleeper(self, deadline_after(ns));
  park(self);
}

TimerOwner make_channel_timer(std::int64_t ns, std::int64_t period_ns) {
  auto timer = std::make_unique<TimerCore>();
  timer->kind = TimerKind::kChannel;
  timer->period_ns = period_ns;
  timer->channel = ChanCore::make(kElementType<time_point>, 1, IsTimer::kYes,
                                  __builtin_return_address(0));
  TimerOwner owner(timer.release());
  tell_set(owner.get());
  timers().add(*owner, deadline_after(ns));
  return owner;
}

ChanRef timer_channel(TimerCore* core) {
  if (!core || !core->channel) return ChanRef();
  core->channel->retain();
  return ChanRef(core->channel);
}

TimerOwner make_function_timer(std::int64_t ns, void (*fire)(void*),
                               void (*destroy)(void*), void* argument) {
  auto timer = std::make_unique<TimerCore>();
  timer->kind = TimerKind::kFunction;
  timer->fire = fire;
  timer->destroy = destroy;
  timer->argument = argument;
  TimerOwner owner(timer.release());
  // What runs the function acquires from its argument.
  if (listening()) [[unlikely]] {
    tell(seam::EventKind::kRelease, this_goroutine(), argument);
  }
  timers().add(*owner, deadline_after(ns));
  return owner;
}

bool timer_stop(TimerCore* core) { return core && timers().stop(*core); }

bool timer_reset(TimerCore* core, std::int64_t ns, std::int64_t period_ns) {
  if (!core) return false;
  if (listening()) [[unlikely]] {
    const void* clock = core->kind == TimerKind::kFunction
                            ? core->argument
                            : static_cast<const void*>(core);
    tell(seam::EventKind::kRelease, this_goroutine(), clock);
  }
  return timers().reset(*core, deadline_after(ns), period_ns);
}

void timer_detach(TimerOwner owner) { timers().detach(owner.release()); }

void TimerDeleter::operator()(TimerCore* core) const noexcept {
  timers().stop(*core);
  timers().drop(core);
}

}  // namespace csp::internal
