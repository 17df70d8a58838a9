// Processors and machines: Go's P and M.
//
// A machine is an OS thread of the runtime. It runs goroutines while it holds
// a processor, of which there are gomaxprocs(). A machine that blocks in a
// system call hands its processor on, or has it taken: scheduler_blocking.cpp.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "runtime/src/goroutine.h"
#include "runtime/src/run_queue.h"

namespace csp::internal {

struct Machine;

struct Processor {
  explicit Processor(int its_id) : id(its_id) {}

  const int id;
  RunQueue queue;
  /// Made ready by what runs now: it runs next. Only the owner sets it;
  /// thieves take it when the monitor has found it stale.
  std::atomic<Goroutine*> run_next{nullptr};
  /// Scheduling decisions so far; the owner's. The monitor compares.
  std::atomic<std::uint32_t> tick{0};
  /// Set by the monitor: run_next has waited for too long, steal it.
  std::atomic<bool> run_next_stale{false};
  /// Set by others: look at the scheduler's state before running on.
  std::atomic<bool> attention{false};
  std::atomic<bool> held{false};     // by a machine ...
  std::atomic<bool> stopped{false};  // ... that waits for the world to go on
  std::atomic<Machine*> holder{nullptr};  // the last one that held it
  Processor* next_idle = nullptr;         // guarded by the scheduler's lock
  // The monitor's: at its last look, and when what runs now began.
  std::uint32_t seen_tick = 0;
  std::uint32_t stuck_tick = 0;
  std::int64_t stuck_since_ns = 0;

  bool runs() const { return held.load() && !stopped.load(); }

  // A cache of free goroutines and of ids; the owner's.
  static constexpr std::size_t kCacheSlots = 32;
  std::array<Goroutine*, kCacheSlots> free{};
  std::size_t free_count = 0;
  seam::GoroutineId next_id = 0;
  seam::GoroutineId end_id = 0;
  // What runs at that tick has started so many; the owner's.
  std::uint32_t started_tick = 0;
  std::uint32_t started_count = 0;
};

struct Machine {
  Goroutine* current = nullptr;  // what runs; null on its own stack
  /// Whether this OS thread is in code that relies on the processor that it
  /// holds. Outside of it the monitor may take the processor away.
  std::atomic<bool> inside{true};
  std::atomic<Processor*> holds{nullptr};
  bool retaken = false;  // by the monitor; guarded by the scheduler's lock
  std::atomic<int> thread{0};  // the kernel's id of it
  std::uint64_t random_state = 0;
  /// Its own stack, on which it looks for work.
  Goroutine scheduler;
  /// Where frames begin on that stack: above are thread-local variables.
  const std::byte* loop_high = nullptr;
  /// Asleep. If it is on its own stack, what lies there, and in its registers,
  /// is left over from before, and leads nowhere that matters.
  std::atomic<bool> rests{false};
  ExceptionGlobals* exceptions = nullptr;  // of this OS thread
  /// Taken already, but its last stack's owner may still be on the way to
  /// sleep: run it from the machine's own stack.
  Goroutine* handed = nullptr;
  /// The end of what runs has been told: what it still does is the runtime's.
  bool end_told = false;
  bool spinning = false;
  bool watching = false;  // sleeps for the next timer or descriptor
  std::atomic<std::uint32_t> wake{0};    // futex: 1 when there is work
  Machine* next_idle = nullptr;          // guarded by the scheduler's lock
  std::atomic<std::int64_t> started{0};  // goroutines, by this machine
  std::atomic<std::int64_t> ended{0};
  Machine* next = nullptr;  // all machines, newest first
  // The signal stack, for stack overflows.
  void* signal_stack = nullptr;

  /// Null inside of csp::blocking(), and of one that was retaken. Not to be
  /// relied on outside of InsideRuntime.
  Processor* processor() const { return holds.load(std::memory_order_relaxed); }
  /// From here on processor() stays as it is. Pairs with the barrier in
  /// Scheduler::retake(), which is so heavy that none is needed here.
  Processor* enter() {
    inside.store(true, std::memory_order_relaxed);
    std::atomic_signal_fence(std::memory_order_seq_cst);
    return processor();
  }
  void leave() { inside.store(false, std::memory_order_release); }
};

}  // namespace csp::internal

extern "C" __attribute__((
    visibility("hidden"))) __thread csp::internal::Machine* csp_machine;

namespace csp::internal {

/// The machine of this OS thread; null on a foreign one. The address of a
/// thread_local must not be kept across a switch, where the OS thread may
/// change, and compilers do keep it; so it is read afresh each time.
inline Machine* this_machine() {
  Machine* machine;
  __asm__ volatile(
      "movq csp_machine@gottpoff(%%rip), %0\n\t"
      "movq %%fs:(%0), %0"
      : "=r"(machine)
      :
      : "memory");
  return machine;
}

/// While it lives, the machine sleeps; see Machine::rests.
class Rest {
 public:
  explicit Rest(Machine& machine) : machine_(machine) {
    machine.rests.store(true, std::memory_order_relaxed);
  }
  ~Rest() { machine_.rests.store(false, std::memory_order_relaxed); }
  Rest(const Rest&) = delete;
  Rest& operator=(const Rest&) = delete;

 private:
  Machine& machine_;
};

/// Keeps the machine's processor while it lives; nests. No goroutine is
/// switched to meanwhile.
class InsideRuntime {
 public:
  explicit InsideRuntime(Machine* machine)
      : machine_(machine),
        before_(machine && machine->inside.load(std::memory_order_relaxed)),
        processor_(machine ? machine->enter() : nullptr) {}
  ~InsideRuntime() {
    if (machine_) machine_->inside.store(before_, std::memory_order_release);
  }
  InsideRuntime(const InsideRuntime&) = delete;
  InsideRuntime& operator=(const InsideRuntime&) = delete;
  /// Null if it has none.
  Processor* processor() const { return processor_; }

 private:
  Machine* const machine_;
  const bool before_;
  Processor* const processor_;
};

}  // namespace csp::internal
