// Machines that sleep, and who wakes them.
//
// No wake-up is lost: whoever submits work writes it and then looks whether a
// machine is looking (spinning_) or a processor is idle; whoever stops
// looking says so and then looks at every queue once more. Both are seq_cst,
// so at least one of them sees the other.
#include <algorithm>
#include <new>

#include "runtime/src/check.h"
#include "runtime/src/chooser.h"
#include "runtime/src/foreign.h"
#include "runtime/src/futex.h"
#include "runtime/src/monitor.h"
#include "runtime/src/poller.h"
#include "runtime/src/scheduler.h"
#include "runtime/src/timer_heap.h"

namespace csp::internal {

namespace {

constexpr int kMachinesMax = 10'000;  // as Go

}  // namespace

// Wakes a machine to look for work, unless one is looking already.
void Scheduler::wake_one() {
  if (idle_count_.load(std::memory_order_seq_cst) == 0 || stopping()) return;
  int none = 0;
  if (!spinning_.compare_exchange_strong(none, 1, std::memory_order_seq_cst)) {
    return;
  }
  Machine* machine = nullptr;
  bool fresh = false;
  {
    ScopedLock hold(lock_);
    Processor* processor = pop_idle_processor();
    if (!processor) {
      spinning_.fetch_sub(1, std::memory_order_seq_cst);
      return;
    }
    machine = idle_machines_;
    if (machine) idle_machines_ = machine->next_idle;
    fresh = !machine;
    if (fresh) machine = new_machine();
    if (machine) {
      machine->spinning = true;
      acquire_processor(*machine, processor);
      ++active_machines_;
      ++wakes_;
      // Pairs with the acquire in sleep().
      machine->wake.store(1, std::memory_order_release);
    } else {
      put_back(*processor);
      spinning_.fetch_sub(1, std::memory_order_seq_cst);
    }
  }
  if (!machine) {
    monitor().wake_later();
    return;
  }
  if (fresh) {
    start_machine(*machine);
  } else {
    futex_wake(machine->wake);
  }
  monitor().processors_changed();
}

// Null if there is no memory.
Machine* Scheduler::new_machine() {
  CSP_CHECK(machine_count_ < kMachinesMax);
  ++machine_count_;
  if (Machine* spare = spare_machines_) {
    spare_machines_ = spare->next_idle;
    return spare;
  }
  auto* machine = new (std::nothrow) Machine;
  if (!machine) {
    --machine_count_;
    return nullptr;
  }
  machine->next = machines_.load(std::memory_order_relaxed);
  machines_.store(machine, std::memory_order_release);
  return machine;
}

// Without an OS thread for it, those that there are go on, and the monitor
// tries again.
void Scheduler::start_machine(Machine& machine) {
  if (start_thread(&Scheduler::machine_thread, &machine)) return;
  {
    ScopedLock hold(lock_);
    if (machine.processor()) release_processor(machine);
    if (machine.spinning) {
      machine.spinning = false;
      spinning_.fetch_sub(1, std::memory_order_seq_cst);
    }
    machine.wake.store(0, std::memory_order_relaxed);
    machine.next_idle = spare_machines_;
    spare_machines_ = &machine;
    --machine_count_;
    --active_machines_;
  }
  monitor().wake_later();
}

void Scheduler::wake_again() {
  if (queues_have_work()) wake_one();
  if (timers().has_any() || poller().has_waiters()) rearm(Changed::kTimers);
}

// Gives the processor up and sleeps; returns with one, or to be asked again.
void Scheduler::become_idle(Machine& machine) {
  if (Processor* processor = machine.processor()) {
    ScopedLock hold(lock_);
    if (!global_.empty() &&
        (chooser() || !processor->attention.load(std::memory_order_relaxed))) {
      return;
    }
    release_processor(machine);
  }
  if (machine.spinning) {
    machine.spinning = false;
    spinning_.fetch_sub(1, std::memory_order_seq_cst);
  }
  std::atomic_thread_fence(std::memory_order_seq_cst);
  const bool got = queues_have_work() && acquire_idle(machine);
  monitor().processors_changed();
  if (!got) sleep(machine);
}

bool Scheduler::acquire_idle(Machine& machine) {
  ScopedLock hold(lock_);
  Processor* processor = pop_idle_processor();
  if (processor) acquire_processor(machine, processor);
  return processor != nullptr;
}

// A machine that runs goroutines, and has just come from the poller with some,
// will soon be there again. To be woken beside it for each that arrives costs
// more than it brings; the monitor sees when it does not come.
bool Scheduler::descriptors_unserved(const Machine& machine) {
  return poller().has_waiters() &&
         (active_machines_ == 0 || !poller().just_served_by_another(machine));
}

// Sleeps until there is work, or, if nobody else does, until the next timer
// or descriptor.
void Scheduler::sleep(Machine& machine) {
  bool check = false;
  bool unserved = false;
  bool only_watched = false;
  {
    ScopedLock hold(lock_);
    if (stopping()) return;
    // Its own look, in become_idle(), begins anew.
    if (!global_.empty() && idle_processors_) return;
    --active_machines_;
    check = quiescent();
    unserved = descriptors_unserved(machine);
    only_watched = active_machines_ == 0;
    machine.watching = !watcher_ && (timers().has_any() || unserved);
    if (machine.watching) {
      watcher_ = true;
    } else {
      machine.wake.store(0, std::memory_order_relaxed);
      machine.next_idle = idle_machines_;
      idle_machines_ = &machine;
    }
  }
  if (check) check_deadlock();
  if (machine.watching) {
    watch(machine);
    return;
  }
  // The watcher may sleep for timers alone; it decides anew.
  if (unserved) wake_watcher(Changed::kDescriptors);
  // It may wait in real time for what this machine would do.
  if (chooser() && only_watched) wake_watcher(Changed::kTimers);
  {
    const Rest rest(machine);
    while (machine.wake.load(std::memory_order_acquire) == 0) {
      futex_wait(machine.wake, 0, kForever);
    }
  }
  machine.wake.store(0, std::memory_order_relaxed);
}

// Whoever changes the timers or descriptors then counts watch_word_ up and
// looks where the watcher is; the watcher says where, and then looks at all
// three. Both are seq_cst, so that either the watcher sees the change, or it is
// seen and woken.
void Scheduler::watch(Machine& machine) {
  watch_place_.store(WatchPlace::kOnTheWay, std::memory_order_seq_cst);
  const auto word = watch_word_.load(std::memory_order_seq_cst);
  const std::int64_t deadline = timers().next_deadline();
  const std::int64_t timeout =
      chooser()              ? seeded_timeout(deadline)
      : deadline == kForever ? kForever
                             : std::max<std::int64_t>(0, deadline - now_ns());
  const std::int64_t since_ns = real_now_ns();
  bool unserved = false;
  {
    // After watch_word_ was read: whoever makes this true counts it up later.
    ScopedLock hold(lock_);
    unserved = descriptors_unserved(machine);
  }
  GoroutineList arrived;
  if (unserved) {
    watch_place_.store(WatchPlace::kPoller, std::memory_order_seq_cst);
    const bool changed = watch_word_.load(std::memory_order_seq_cst) != word;
    // Who waits for a descriptor is no candidate for a leak.
    const Rest rest(machine);
    arrived = poller().wait(changed ? 0 : timeout);
  } else if (timeout > 0) {
    const Rest rest(machine);
    futex_wait(watch_word_, word, timeout);
  }
  watch_place_.store(WatchPlace::kNowhere, std::memory_order_relaxed);
  if (chooser() && timeout > 0) {
    // What was waited for outside has taken its time.
    chooser()->advance_to(now_ns() + real_now_ns() - since_ns);
  }
  {
    ScopedLock hold(lock_);
    watcher_ = false;
    machine.watching = false;
    ++active_machines_;
    ++wakes_;
    if (stopping()) return;
    if (Processor* processor = pop_idle_processor()) {
      acquire_processor(machine, processor);
    }
  }
  // Nobody watches now: the monitor does while another processor is idle.
  monitor().processors_changed();
  // Without a processor, what becomes ready goes to the global queue, where
  // the busy processors find it.
  ready_all(arrived, Caller::kRunsOne);
  timers().fire_expired();
}

void Scheduler::rearm(Changed what) {
  monitor().watch_processors();
  Machine* idle = nullptr;
  bool fresh = false;
  bool has_watcher = false;
  {
    ScopedLock hold(lock_);
    has_watcher = watcher_;
    if (!watcher_ && idle_count_.load(std::memory_order_relaxed) > 0) {
      // A processor is free, but nobody would notice the timer.
      idle = idle_machines_;
      fresh = !idle;
      if (idle) {
        idle_machines_ = idle->next_idle;
      } else {
        idle = new_machine();
      }
      if (idle) {
        ++active_machines_;
        ++wakes_;
        idle->wake.store(1, std::memory_order_release);
      }
    }
  }
  if (fresh && !idle) {
    monitor().wake_later();
  } else if (fresh) {
    start_machine(*idle);
  } else if (idle) {
    futex_wake(idle->wake);
  } else if (has_watcher) {
    wake_watcher(what);
  }
  // Else whoever goes to sleep next will watch.
}

void Scheduler::wake_watcher(Changed what) {
  watch_word_.fetch_add(1, std::memory_order_seq_cst);
  const WatchPlace place = watch_place_.load(std::memory_order_seq_cst);
  if (place == WatchPlace::kNowhere) return;
  // The kernel tells one that sleeps in the poller of new descriptors.
  if (place == WatchPlace::kPoller && what == Changed::kDescriptors) return;
  futex_wake(watch_word_);
  poller().interrupt();
}

}  // namespace csp::internal
