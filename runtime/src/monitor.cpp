#include "runtime/src/monitor.h"

#include <pthread.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <new>

#include "runtime/hooks.h"
#include "runtime/src/chooser.h"
#include "runtime/src/fatal.h"
#include "runtime/src/foreign.h"
#include "runtime/src/futex.h"
#include "runtime/src/large_stacks.h"
#include "runtime/src/listener.h"
#include "runtime/src/poller.h"
#include "runtime/src/scheduler.h"
#include "runtime/src/timer_heap.h"
#include "runtime/src/traceback.h"

namespace csp::internal {

Monitor& monitor() {
  static Monitor one;
  return one;
}

void Monitor::start() {
  bool no = false;
  if (started_.compare_exchange_strong(no, true)) {
    // It is asked for again when there is more to be watched.
    if (!start_thread(&Monitor::thread, this)) started_.store(false);
  }
}

void Monitor::kick() {
  if (asleep_.load(std::memory_order_seq_cst) == 0) return;
  if (asleep_.exchange(0) == 1) futex_wake(asleep_);
}

void Monitor::watch_processors() {
  // What comes from outside of the program is not a seed's.
  if (!started_.load(std::memory_order_relaxed) && !chooser()) start();
}

void Monitor::processors_changed() {
  if (scheduler().some_idle_some_busy()) start();
  if (scheduler().some_busy()) kick();
}

void Monitor::watch_foreign_threads() {
  watch_foreign_.store(true, std::memory_order_seq_cst);
  start();
  kick();
}

void Monitor::watch_stacks() {
  if (watch_stacks_.load(std::memory_order_relaxed)) return;
  watch_stacks_.store(true, std::memory_order_relaxed);
  start();
  kick();
}

void Monitor::trim_stacks() {
  trim_.store(true, std::memory_order_seq_cst);
  start();
  kick();
}

void Monitor::wake_later() {
  wake_later_.store(true, std::memory_order_seq_cst);
  start();
  kick();
}

void Monitor::watch_for_hang(std::int64_t after_ns) {
  hang_at_ns_ = now_ns() + after_ns;
  start();
}

std::int64_t Monitor::until_hang() const {
  if (hang_at_ns_ == kForever) return kForever;
  return std::max<std::int64_t>(0, hang_at_ns_ - now_ns());
}

bool Monitor::request_dump(int signal) {
  if (!running()) return false;
  dump_.store(signal, std::memory_order_seq_cst);
  kick();
  return true;
}

void* Monitor::thread(void* self) {
  pthread_setname_np(pthread_self(), "csp-monitor");
  auto& one = *static_cast<Monitor*>(self);
  one.stack_ = stack_of_thread();
  one.stack_.high = first_frame_of_thread();
  // Nothing that it does is the program's.
  if (listening()) seam::hooks->resume(0, nullptr);
  one.running_.store(true, std::memory_order_release);
  one.run();
  return nullptr;
}

// Returns in how many nanoseconds there is reason to look again.
std::int64_t Monitor::look() {
  constexpr std::int64_t kHandOffNs = 1'000'000;
  constexpr std::int64_t kSystemCallNs = 5'000'000;
  constexpr std::int64_t kIdleNs = 2'000'000;
  // Programs that wait for others are idle and busy in turn: being woken each
  // time would cost them more than a few looks in vain.
  constexpr int kIdleLooks = 10;
  Scheduler& all = scheduler();
  if (all.stopping() || chooser()) return kForever;
  if (!all.some_busy()) {
    if (watch_foreign_.load() || idle_looks_ == kIdleLooks) return kForever;
    ++idle_looks_;
    return kIdleNs;
  }
  idle_looks_ = 0;
  all.retake_stuck(real_now_ns());
  if (!all.some_idle_some_busy()) return kSystemCallNs;
  all.find_late();
  all.serve_late(descriptor_looks_);
  return kHandOffNs;
}

bool Monitor::work_waits() const {
  const Scheduler& all = scheduler();
  return (all.some_busy() && !all.stopping() && !chooser()) ||
         (watch_stacks_.load() && next_idle_look_ns_ == 0) ||
         watch_foreign_.load() || trim_.load() || dump_.load() != 0 ||
         wake_later_.load();
}

// Until the time is over, or a dump is asked for.
void Monitor::nap(std::int64_t ns) {
  asleep_.store(1, std::memory_order_seq_cst);
  if (dump_.load() == 0) futex_wait(asleep_, 1, std::min(ns, until_hang()));
  asleep_.store(0, std::memory_order_seq_cst);
}

// Returns in how many nanoseconds there is something to be done for stacks.
std::int64_t Monitor::look_at_stacks() {
  if (!watch_stacks_.load(std::memory_order_relaxed)) return kForever;
  const std::int64_t now = real_now_ns();
  if (now >= next_idle_look_ns_) {
    constexpr std::int64_t kSeldom = 6;
    constexpr std::int64_t kWithoutMemoryNs = 1'000'000'000;
    std::int64_t period = kWithoutMemoryNs;
    try {
      period = idle_stacks_.look();
    } catch (const std::bad_alloc&) {
      // Later, then.
    }
    if (period == kForever) return next_idle_look_ns_ = kForever;
    // Nothing has run for a whole period: all is given back that can be.
    const std::uint64_t ticks = scheduler().ticks();
    if (ticks == ticks_at_look_) period *= kSeldom;
    ticks_at_look_ = ticks;
    next_idle_look_ns_ = now + period;
  }
  return next_idle_look_ns_ - now;
}

// Returns whether there will be more to give back.
bool Monitor::trim_now() {
  StackPool& stacks = scheduler().stacks();
  const bool more = large_stacks().collect(stacks);
  return stacks.trim() || more;
}

void Monitor::run() {
  constexpr std::int64_t kForeignFirst = 5'000'000;
  constexpr std::int64_t kForeignLast = 1'000'000'000;
  constexpr std::int64_t kTrimPeriod = 100'000'000;
  constexpr std::int64_t kWakePeriod = 10'000'000;
  std::int64_t foreign_period = kForeignFirst;
  std::int64_t next_trim = 0;
  for (;;) {
    if (const int signal = dump_.load(); signal != 0) fatal_signal(signal);
    if (until_hang() == 0) fatal_hang();
    const std::int64_t look_ns = look();
    const bool soon = look_ns != kForever;
    const std::int64_t stacks_ns = look_at_stacks();
    if (trim_.load() && real_now_ns() >= next_trim) {
      trim_.store(false);
      if (trim_now()) trim_.store(true);
      next_trim = real_now_ns() + kTrimPeriod;
    }
    if (soon || !watch_foreign_.load()) foreign_period = kForeignFirst;
    if (wake_later_.exchange(false)) {
      nap(kWakePeriod);
      scheduler().wake_again();
    } else if (soon) {
      const timespec period{0, look_ns};
      nanosleep(&period, nullptr);
    } else if (watch_foreign_.exchange(false)) {
      nap(foreign_period);
      foreign_period = std::min(foreign_period * 2, kForeignLast);
      scheduler().recheck_deadlock();
    } else if (trim_.load()) {
      nap(kTrimPeriod);
    } else {
      asleep_.store(1, std::memory_order_seq_cst);
      // Whoever changed something before this store was not heard.
      if (work_waits()) {
        asleep_.store(0);
      } else {
        futex_wait(asleep_, 1, std::min(until_hang(), stacks_ns));
        asleep_.store(0, std::memory_order_seq_cst);
        idle_looks_ = 0;
      }
    }
  }
}

std::uint64_t Scheduler::ticks() const {
  std::uint64_t sum = 0;
  for (const auto& entry : processors_) {
    const Processor* processor = entry.load(std::memory_order_acquire);
    if (!processor) break;
    sum += processor->tick.load(std::memory_order_relaxed);
  }
  return sum;
}

// Marks what a processor was to run next but has not come to for a whole
// period, and wakes a machine that takes it.
void Scheduler::find_late() {
  bool wake = false;
  const int count = processor_count_.load(std::memory_order_relaxed);
  for (int id = 0; id < count; ++id) {
    const auto index = static_cast<std::size_t>(id);
    Processor* processor = processors_[index].load(std::memory_order_acquire);
    if (!processor) continue;
    const auto tick = processor->tick.load(std::memory_order_relaxed);
    if (processor->held.load(std::memory_order_relaxed) &&
        processor->seen_tick == tick &&
        processor->run_next.load(std::memory_order_relaxed)) {
      processor->run_next_stale.store(true, std::memory_order_relaxed);
      wake = true;
    }
    if (!processor->queue.empty()) wake = true;
    processor->seen_tick = tick;
  }
  if (wake || global_size_.load(std::memory_order_relaxed) > 0) wake_one();
}

// A machine that watched may run a goroutine now, and whoever was to look at
// the poller before it sleeps may never come to it.
void Scheduler::serve_late(std::uint32_t& looks_seen) {
  if (chooser()) return;
  if (poller().has_waiters()) {
    if (poller().looks() == looks_seen) poller().poll(Caller::kGoesOn);
    looks_seen = poller().looks();
  }
  if (timers().next_deadline() <= now_ns()) rearm(Changed::kTimers);
}

}  // namespace csp::internal
