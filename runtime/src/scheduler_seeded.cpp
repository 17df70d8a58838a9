// Scheduling under a seed: one processor, whose every decision comes to its
// machine's loop and is made by the Chooser; and virtual time, which jumps to
// the next timer when nothing else can happen.
#include <algorithm>
#include <utility>

#include "runtime/src/chooser.h"
#include "runtime/src/foreign.h"
#include "runtime/src/poller.h"
#include "runtime/src/scheduler.h"
#include "runtime/src/timer_heap.h"

namespace csp::internal {

// Null: nothing can run now.
Goroutine* Scheduler::choose_next(Machine& machine) {
  Processor& processor = *machine.processor();
  if (timers().next_deadline() <= now_ns()) timers().fire_expired();
  if (poller().has_waiters()) poller().poll(Caller::kGoesOn);
  Chooser& decisions = *chooser();
  while (Goroutine* goroutine = processor.queue.pop()) {
    decisions.add_runnable(goroutine);
  }
  if (Goroutine* next = processor.run_next.exchange(nullptr)) {
    decisions.add_runnable(next);
  }
  if (global_size_.load(std::memory_order_seq_cst) > 0) {
    ScopedLock hold(lock_);
    while (Goroutine* goroutine = global_.pop_front()) {
      decisions.add_runnable(goroutine);
    }
    global_size_.store(0, std::memory_order_seq_cst);
  }
  return decisions.take_runnable();
}

// Whether something besides timers may make a goroutine runnable. Of the
// caller, which is about to watch.
bool Scheduler::outside_can_wake() {
  if (poller().has_waiters()) return true;
  int machines = 0;
  int foreign_parked = 0;
  {
    ScopedLock hold(lock_);
    // One that has come from the poller has goroutines that are in no queue
    // yet. It calls the watcher before it sleeps.
    if (blocking_machines_ + active_machines_ > 0) return true;
    machines = machine_count_;
    foreign_parked = foreign_parked_;
  }
  return foreign_threads_running(machines, foreign_parked);
}

// How long to wait, in real time, for a timer at `deadline_ns`: not at all,
// if only timers can wake somebody, since time jumps there.
std::int64_t Scheduler::seeded_timeout(std::int64_t deadline_ns) {
  if (deadline_ns == kForever) return kForever;
  if (!outside_can_wake()) chooser()->advance_to(deadline_ns);
  return std::max<std::int64_t>(0, deadline_ns - now_ns());
}

}  // namespace csp::internal
