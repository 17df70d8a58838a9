// Goroutines that keep their OS thread and have no processor: those inside of
// csp::blocking(), which gives it up, and those in a system call that the
// program makes itself, from which the monitor takes it.
//
// Retaking. The goroutine may come back and enter the runtime at any moment,
// and must pay nothing for it. Whatever relies on the processor says so by a
// plain store and then reads which processor it has (Machine::enter); the
// monitor clears which one it has, makes every thread pass a barrier, and
// looks whether the machine is inside:
//   the goroutine:  inside = true;  load holds
//   the monitor:    holds = null; heavy barrier; load inside
// So it sees null, or is seen to be inside. In the second case the monitor
// takes its step back, under the scheduler's lock, which whoever saw null and
// wants to know why must take too. csp_switch() clears `inside` only when it
// has left the old stack, so that what a processor has of a goroutine that
// has ended is not handed on under its feet.
// tests/models/retake_model_test.cpp explores this.
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstring>

#include "runtime/src/check.h"
#include "runtime/src/chooser.h"
#include "runtime/src/heavy_barrier.h"
#include "runtime/src/monitor.h"
#include "runtime/src/poller.h"
#include "runtime/src/sanitizer.h"
#include "runtime/src/scheduler.h"
#include "runtime/src/timer_heap.h"

namespace csp::internal {

bool thread_sleeps(int thread) {
  std::array<char, 64> path;
  std::snprintf(path.data(), path.size(), "/proc/self/task/%d/stat", thread);
  const int file = open(path.data(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  std::array<char, 128> text{};
  const ssize_t size = read(file, text.data(), text.size() - 1);
  close(file);
  if (size <= 0) return false;
  // Its name, in parentheses, is the program's to choose.
  const char* name_end = std::strrchr(text.data(), ')');
  return name_end && (name_end[2] == 'S' || name_end[2] == 'D');
}

bool Scheduler::enter_blocking() {
  Machine* machine = this_machine();
  // A foreign thread may block as it likes.
  if (!machine) return false;
  Processor* processor = machine->enter();
  if (!processor) {
    ScopedLock hold(lock_);
    processor = machine->processor();
    if (!processor) {
      machine->leave();
      // Retaken, it goes on without, and is counted already.
      return std::exchange(machine->retaken, false);
    }
  }
  machine->current->status.store(Status::kBlocking, std::memory_order_relaxed);
  {
    ScopedLock hold(lock_);
    release_processor(*machine);
    ++blocking_machines_;
    --active_machines_;
  }
  machine->leave();
  hand_on(*processor);
  return true;
}

// What `processor`, which has lost its machine, was to do, others do.
void Scheduler::hand_on(const Processor& processor) {
  // Its goroutines run elsewhere; timers need somebody who watches.
  if (processor.run_next.load() || queues_have_work()) wake_one();
  if (timers().has_any() || poller().has_waiters()) rearm(Changed::kTimers);
}

// Inside of csp::blocking() there is no processor to find the next goroutine
// with: the machine goes on as one that has lost its own.
void Scheduler::park_without_processor(Machine& machine) {
  bool blocking = false;
  {
    ScopedLock hold(lock_);
    const bool retaken = std::exchange(machine.retaken, false);
    // Or the monitor has just given it back.
    blocking = !retaken && !machine.processor();
    if (blocking || retaken) {
      --blocking_machines_;
      ++active_machines_;
    }
  }
  switch_to(machine, *machine.current, machine.scheduler);
  if (blocking) enter_blocking();
}

void Scheduler::exit_blocking() {
  Machine* machine = this_machine();
  if (!machine) return;
  machine->enter();
  get_processor(*machine);
}

// The calling goroutine, whose machine is inside of the runtime, has been in
// a system call without its processor.
void Scheduler::come_back(Machine& machine) {
  {
    ScopedLock hold(lock_);
    if (!std::exchange(machine.retaken, false)) return machine.leave();
  }
  get_processor(machine);
}

// From here or elsewhere, now or later. Leaves the runtime.
void Scheduler::get_processor(Machine& machine) {
  Goroutine* self = machine.current;
  bool got = false;
  {
    ScopedLock hold(lock_);
    --blocking_machines_;
    ++active_machines_;
    // While somebody looks at the world, it queues with the others.
    const bool may_run = !stopping() && !paused();
    if (Processor* processor = may_run ? pop_idle_processor() : nullptr) {
      acquire_processor(machine, processor);
      self->status.store(Status::kRunning, std::memory_order_relaxed);
      got = true;
    } else {
      self->status.store(Status::kRunnable, std::memory_order_relaxed);
      global_.push_back(self);
      global_size_.store(static_cast<std::uint32_t>(global_.size()),
                         std::memory_order_seq_cst);
    }
  }
  if (got) {
    machine.leave();
    monitor().processors_changed();
    return;
  }
  switch_to(machine, *self, machine.scheduler);
}

void Scheduler::count_as_active() {
  Machine* machine = this_machine();
  if (!machine) return;
  ScopedLock hold(lock_);
  if (!std::exchange(machine->retaken, false)) return;
  --blocking_machines_;
  ++active_machines_;
}

// Takes the processors of goroutines that have been in a system call for long.
void Scheduler::retake_stuck(std::int64_t now_ns) {
  constexpr std::int64_t kLongNs = 10'000'000;
  if (chooser() || stopping() || paused()) return;
  const int count = processor_count_.load(std::memory_order_relaxed);
  for (int id = 0; id < count; ++id) {
    const auto index = static_cast<std::size_t>(id);
    Processor* processor = processors_[index].load(std::memory_order_acquire);
    if (!processor) continue;
    const auto tick = processor->tick.load(std::memory_order_relaxed);
    if (processor->stuck_tick != tick ||
        !processor->held.load(std::memory_order_relaxed)) {
      processor->stuck_tick = tick;
      processor->stuck_since_ns = now_ns;
      continue;
    }
    if (now_ns - processor->stuck_since_ns < kLongNs) continue;
    Machine* machine = processor->holder.load(std::memory_order_acquire);
    if (!machine || machine->inside.load(std::memory_order_relaxed)) continue;
    if (!thread_sleeps(machine->thread.load(std::memory_order_relaxed)))
      continue;
    if (!has_heavy_barrier() || !retake(*machine, *processor)) continue;
    hand_on(*processor);
  }
}

bool Scheduler::retake(Machine& machine, Processor& processor) {
  ScopedLock hold(lock_);
  if (machine.processor() != &processor) return false;
  machine.holds.store(nullptr, std::memory_order_relaxed);
  const bool outside =
      heavy_barrier() && !machine.inside.load(std::memory_order_acquire);
  // Of what has run in between, the monitor knows nothing.
  if (!outside ||
      processor.tick.load(std::memory_order_relaxed) != processor.stuck_tick) {
    machine.holds.store(&processor, std::memory_order_relaxed);
    return false;
  }
  sanitizer::tsan_taken(&machine);
  // One that has announced that it will wait keeps that status.
  Status running = Status::kRunning;
  machine.current->status.compare_exchange_strong(running, Status::kBlocking);
  machine.retaken = true;
  ++blocking_machines_;
  --active_machines_;
  put_back(processor);
  return true;
}

}  // namespace csp::internal
