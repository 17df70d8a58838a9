/// Sleeping, timers and tickers.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include "csp/chan.h"
#include "csp/internal/annotations.h"
#include "csp/internal/duration.h"
#include "csp/internal/task.h"

namespace csp {

/// What timers deliver: when they fired.
using time_point = std::chrono::steady_clock::time_point;

namespace internal {

class TimerCore;

struct TimerDeleter {
  void operator()(TimerCore* core) const noexcept;
};
using TimerOwner = std::unique_ptr<TimerCore, TimerDeleter>;

CSP_STAYS_IN_TRACEBACK void sleep_ns(std::int64_t ns);
/// A timer that sends on a channel of its own; period 0: once.
TimerOwner make_channel_timer(std::int64_t ns, std::int64_t period_ns);
/// The channel of such a timer, as chan<time_point>.
ChanRef timer_channel(TimerCore* core);
/// A timer that calls `fire(argument)` once on an OS thread of the runtime;
/// `destroy(argument)` follows when the timer is destroyed and has no firing
/// under way.
TimerOwner make_function_timer(std::int64_t ns, void (*fire)(void*),
                               void (*destroy)(void*), void* argument);
bool timer_stop(TimerCore* core);
bool timer_reset(TimerCore* core, std::int64_t ns, std::int64_t period_ns);
/// Leaves a timer to itself: it is destroyed after it has fired.
void timer_detach(TimerOwner owner);
/// As start_goroutine(), from a timer that fires.
void start_timer_goroutine(NewGoroutine fresh, void (*run)(void*), void* site,
                           const void* timer);

}  // namespace internal

/// Blocks for at least `d`. Not at all if d <= 0, but yields.
template <class Rep, class Period>
CSP_ROLE("sleep")
void sleep_for(std::chrono::duration<Rep, Period> d) {
  internal::sleep_ns(internal::to_nanoseconds(d));
}

/// Blocks until `when`, by when's clock at the time of the call.
template <class Clock, class Duration>
CSP_ROLE("sleep")
void sleep_until(std::chrono::time_point<Clock, Duration> when) {
  internal::sleep_ns(internal::to_nanoseconds(when - Clock::now()));
}

/// A channel that receives the time once, after `d`.
/// Orders: this call before what its channel delivers is received.
template <class Rep, class Period>
CSP_ROLE("after")
recv_chan<time_point> after(std::chrono::duration<Rep, Period> d) {
  auto owner = internal::make_channel_timer(internal::to_nanoseconds(d), 0);
  auto channel = internal::HandleAccess::make<chan<time_point>>(
      internal::Handle<time_point>(internal::timer_channel(owner.get())));
  internal::timer_detach(std::move(owner));
  return channel;
}

/// Sends the time on its channel once, after a duration. Move-only; stops in
/// its destructor. Behaves as Go 1.23's: nothing stale is received after stop
/// or reset.
/// Orders: the start, or the last reset, before what is received.
class timer {
 public:
  template <class Rep, class Period>
  CSP_ROLE("timer")
  explicit timer(std::chrono::duration<Rep, Period> d)
      : core_(internal::make_channel_timer(internal::to_nanoseconds(d), 0)) {}
  timer(timer&&) noexcept = default;
  timer& operator=(timer&&) noexcept = default;

  /// Nil for a timer from after_func().
  recv_chan<time_point> channel() const {
    return internal::HandleAccess::make<chan<time_point>>(
        internal::Handle<time_point>(internal::timer_channel(core_.get())));
  }
  /// Returns whether this call stopped it: false if it has fired and its
  /// value was received, or was stopped before.
  bool stop() { return internal::timer_stop(core_.get()); }
  /// Starts it anew with `d`. Returns whether it was active.
  template <class Rep, class Period>
  bool reset(std::chrono::duration<Rep, Period> d) {
    return internal::timer_reset(core_.get(), internal::to_nanoseconds(d), 0);
  }

 private:
  template <class Rep, class Period, class F>
  friend timer after_func(std::chrono::duration<Rep, Period> d, F&& f);
  explicit timer(internal::TimerOwner core) : core_(std::move(core)) {}

  internal::TimerOwner core_;
};

/// Runs `f()` in a goroutine of its own after `d` (Go's time.AfterFunc). The
/// timer may be reset; f runs once for each time that it fires.
/// Orders: this call, or the last reset, before the run of f.
template <class Rep, class Period, class F>
CSP_ROLE("after_func")
timer after_func(std::chrono::duration<Rep, Period> d, F&& f) {
  // Shared with the goroutines that run it, which may outlive the timer.
  struct Call {
    std::shared_ptr<std::decay_t<F>> function;
    void* site;
    const void* self;
  };
  auto call = std::make_unique<Call>(
      Call{std::make_shared<std::decay_t<F>>(std::forward<F>(f)), CSP_SITE(),
           nullptr});
  call->self = call.get();
  const auto fire = [](void* argument) {
    auto* due = static_cast<Call*>(argument);
    auto run = [function = due->function] { (*function)(); };
    using T = internal::Task<decltype(run)>;
    internal::NewGoroutine fresh = internal::new_goroutine(sizeof(T), 0);
    ::new (fresh.storage) T(std::move(run));
    internal::start_timer_goroutine(fresh, &internal::run_inline<T>, due->site,
                                    due->self);
  };
  const auto destroy = [](void* argument) {
    delete static_cast<Call*>(argument);
  };
  Call* argument = call.get();
  auto core = internal::make_function_timer(internal::to_nanoseconds(d), fire,
                                            destroy, argument);
  call.release();
  return timer(std::move(core));
}

/// Sends the time on its channel every `d`, and drops ticks for a slow
/// receiver. Move-only; stops in its destructor.
class ticker {
 public:
  /// Throws: std::invalid_argument if d <= 0.
  template <class Rep, class Period>
  CSP_ROLE("ticker")
  explicit ticker(std::chrono::duration<Rep, Period> d) {
    const std::int64_t ns = period(d);
    core_ = internal::make_channel_timer(ns, ns);
  }
  ticker(ticker&&) noexcept = default;
  ticker& operator=(ticker&&) noexcept = default;

  recv_chan<time_point> channel() const {
    return internal::HandleAccess::make<chan<time_point>>(
        internal::Handle<time_point>(internal::timer_channel(core_.get())));
  }
  void stop() { internal::timer_stop(core_.get()); }
  /// The next tick comes after `d`. Throws as the constructor.
  template <class Rep, class Period>
  void reset(std::chrono::duration<Rep, Period> d) {
    const std::int64_t ns = period(d);
    internal::timer_reset(core_.get(), ns, ns);
  }

 private:
  template <class Rep, class Period>
  static std::int64_t period(std::chrono::duration<Rep, Period> d) {
    if (d <= d.zero()) {
      throw std::invalid_argument("non-positive interval for ticker");
    }
    return std::max<std::int64_t>(1, internal::to_nanoseconds(d));
  }

  internal::TimerOwner core_;
};

}  // namespace csp
