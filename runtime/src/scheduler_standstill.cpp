// Noticing that nothing can ever run again.
//
// The last machine that goes to sleep looks, and so does a foreign thread that
// parks. The end of a foreign thread is told by nobody; the monitor asks.
#include "runtime/src/fatal.h"
#include "runtime/src/foreign.h"
#include "runtime/src/monitor.h"
#include "runtime/src/poller.h"
#include "runtime/src/scheduler.h"
#include "runtime/src/timer_heap.h"

namespace csp::internal {

// Whether, as far as the lock shows, nothing runs and nothing will.
bool Scheduler::quiescent() {
  return active_machines_ == 0 && blocking_machines_ == 0 && global_.empty() &&
         !poller().has_waiters() && !stopping();
}

// The timers are looked at without the lock; the number of wake-ups tells
// whether anything has moved meanwhile.
void Scheduler::check_deadlock() {
  for (;;) {
    std::uint64_t wakes;
    int foreign_parked;
    int machines;
    {
      ScopedLock hold(lock_);
      if (!quiescent()) return;
      wakes = wakes_;
      foreign_parked = foreign_parked_;
      machines = machine_count_;
    }
    if (timers().can_wake()) return;
    if (foreign_threads_running(machines, foreign_parked)) {
      // One of them may still wake a goroutine, or end. Nobody tells us of
      // its end, so look again, ever more seldom.
      watch_foreign_threads();
      return;
    }
    ScopedLock hold(lock_);
    if (wakes == wakes_ && quiescent()) break;
  }
  fatal_deadlock();
}

void Scheduler::add_foreign(Goroutine* foreign) {
  ScopedLock hold(lock_);
  foreign->next = foreign_;
  foreign_ = foreign;
}

void Scheduler::remove_foreign(Goroutine* foreign) {
  ScopedLock hold(lock_);
  for (Goroutine** link = &foreign_; *link; link = &(*link)->next) {
    if (*link != foreign) continue;
    *link = foreign->next;
    return;
  }
}

void Scheduler::foreign_parks() {
  bool check = false;
  {
    ScopedLock hold(lock_);
    ++foreign_parked_;
    check = quiescent();
  }
  if (check) check_deadlock();
}

void Scheduler::foreign_wakes() {
  ScopedLock hold(lock_);
  --foreign_parked_;
  ++wakes_;
}

void Scheduler::recheck_deadlock() {
  {
    ScopedLock hold(lock_);
    if (!quiescent()) return;
  }
  check_deadlock();
}

}  // namespace csp::internal
