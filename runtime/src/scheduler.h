// Which goroutine runs where and when: Go's M:N scheduler.
//
// Each processor has a queue of its own; others steal from it. A goroutine
// that parks switches directly to the next one; only when there is none does
// its machine go to its own stack to look for work, and to sleep.
//
// Who is woken: a machine is woken for a new goroutine, or when a processor
// has more to run than the one that it will run next; never for a hand-off
// that the current processor runs itself. A monitor looks, about once a
// millisecond while a processor is idle, for such a hand-off that is late.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "runtime/hooks.h"
#include "runtime/src/goroutine.h"
#include "runtime/src/lock.h"
#include "runtime/src/machine.h"
#include "runtime/src/stack_pool.h"

namespace csp::internal {

/// What a machine that sleeps until the next timer or descriptor must know.
enum class Changed : std::uint8_t { kTimers, kDescriptors };
/// What a machine does that makes goroutines runnable: goes on with its own,
/// or runs the first of them now.
enum class Caller : std::uint8_t { kGoesOn, kRunsOne };
/// Whether whoever starts goroutines should let those run that it has started.
enum class Crowd : std::uint8_t { kFew, kTooMany };

class Scheduler {
 public:
  static constexpr int kProcessorsMax = 1024;

  /// Makes the calling OS thread the first machine, and what runs on it
  /// goroutine 1.
  void start();

  // For the code that runs in goroutines.

  /// A new goroutine from the pool; null if there is no memory. It has a stack
  /// of at least `stack_bytes`; 0: the default.
  Goroutine* allocate(std::size_t stack_bytes = 0);
  void release(Goroutine* dead);
  /// Makes a goroutine that has never run runnable.
  Crowd spawn(Goroutine* fresh);
  /// Makes parked goroutines runnable again, in their order.
  void ready(Goroutine* goroutine);
  void ready_all(GoroutineList& list, Caller caller = Caller::kGoesOn);
  /// Suspends the calling goroutine until ready(). The caller has published
  /// it to whoever will do that, and released its locks.
  void park();
  void yield();
  /// As yield(), but lets everybody else that is runnable go first.
  void step_back();
  /// Ends the calling goroutine, whose stack has been unwound.
  [[noreturn]] void exit_goroutine();
  bool enter_blocking();  // false if it was blocking already
  void exit_blocking();
  /// Ends the state that retake_stuck() has brought the calling goroutine
  /// into, without a processor for it.
  void count_as_active();

  int set_processors(int count);
  /// Goroutines alive, main included.
  std::size_t alive() const;
  /// Whether a lock may become free within the time of a short spin: its
  /// holder may run on another processor, and nobody waits for this one.
  bool worth_spinning() const;

  /// Tells machines that sleep that timers or descriptors have changed:
  /// something may happen earlier than they expect.
  void rearm(Changed what);

  /// Whether a goroutine besides the caller runs or is about to.
  bool others_can_run();
  /// From now on no goroutine is resumed but the caller. Returns whether
  /// every other machine has stopped within a few milliseconds.
  bool stop_the_world();
  bool stopping() const { return stopping_.load(std::memory_order_acquire); }
  /// The same for a while: between the two calls no goroutine is resumed but
  /// the caller. Those that do not come to a scheduling point run on.
  bool paused() const { return paused_.load(std::memory_order_seq_cst) != 0; }
  void pause_world();
  void resume_world();

  // For the monitor.
  bool some_idle_some_busy() const {
    const int idle = idle_count_.load(std::memory_order_relaxed);
    return idle > 0 && idle < processor_count_.load(std::memory_order_relaxed);
  }
  bool some_busy() const {
    return idle_count_.load(std::memory_order_seq_cst) <
           processor_count_.load(std::memory_order_relaxed);
  }
  void find_late();
  /// Serves timers and descriptors that nobody has looked after.
  void serve_late(std::uint32_t& looks_seen);
  void retake_stuck(std::int64_t now_ns);
  /// Decisions of all processors so far.
  std::uint64_t ticks() const;
  /// After a machine could not be started: does what it was to do.
  void wake_again();

  StackPool& stacks() { return stacks_; }
  seam::GoroutineId next_id();
  /// Every goroutine that is alive, foreign threads that use csp included,
  /// by rising id.
  std::vector<Goroutine*> goroutines();
  void add_foreign(Goroutine* foreign);
  void remove_foreign(Goroutine* foreign);
  /// Of foreign OS threads that park: the program may stand still now.
  void foreign_parks();
  void foreign_wakes();
  /// A foreign thread may have ended: looks whether the program stands still.
  void recheck_deadlock();
  Goroutine* main_goroutine() { return &main_; }
  /// All, linked by Machine::next.
  Machine* machines() const {
    return machines_.load(std::memory_order_acquire);
  }

 private:
  friend struct DebugLayoutAccess;
  friend class Fork;

  void wake_one();
  Machine* new_machine() CSP_REQUIRES(lock_);
  void start_machine(Machine& machine) CSP_EXCLUDES(lock_);
  static void* machine_thread(void* machine);

  // On a goroutine's or a machine's stack, holding a processor.
  Goroutine* next_local(Processor& processor);
  Goroutine* next_slow(Machine& machine);
  void switch_to(Machine& machine, Goroutine& from, Goroutine& to);
  void leave(Machine& machine, Goroutine& self, Goroutine* next);
  void enqueue(Processor& processor, Goroutine* goroutine);
  void enqueue_tail(Processor& processor, Goroutine* goroutine);
  void push_global(Goroutine* goroutine) CSP_REQUIRES(lock_);

  // Without a processor: scheduler_blocking.cpp.
  void hand_on(const Processor& processor);
  void park_without_processor(Machine& machine);
  void get_processor(Machine& machine);
  void come_back(Machine& machine);
  bool retake(Machine& machine, Processor& processor);

  // Under a seed: scheduler_seeded.cpp.
  Goroutine* choose_next(Machine& machine);
  bool outside_can_wake() CSP_EXCLUDES(lock_);
  std::int64_t seeded_timeout(std::int64_t deadline_ns) CSP_EXCLUDES(lock_);

  // On a machine's own stack.
  void loop(Machine& machine);
  Goroutine* find_runnable(Machine& machine);
  Goroutine* steal(Machine& machine);
  Goroutine* take_global(Processor& processor, std::uint32_t max)
      CSP_REQUIRES(lock_);
  void become_idle(Machine& machine);
  bool acquire_idle(Machine& machine) CSP_EXCLUDES(lock_);
  void watch(Machine& machine);
  void wake_watcher(Changed what);
  void sleep(Machine& machine);
  bool descriptors_unserved(const Machine& machine) CSP_REQUIRES(lock_);
  void check_deadlock();
  bool queues_have_work();
  bool start_spinning(Machine& machine);
  void stop_spinning(Machine& machine);

  void acquire_processor(Machine& machine, Processor* processor)
      CSP_REQUIRES(lock_);
  Processor* release_processor(Machine& machine) CSP_REQUIRES(lock_);
  void put_back(Processor& processor) CSP_REQUIRES(lock_);
  Processor* pop_idle_processor() CSP_REQUIRES(lock_);
  bool quiescent() CSP_REQUIRES(lock_);
  [[noreturn]] void stop_forever(Machine& machine);
  void wait_while_paused(Machine& machine);
  void call_attention(bool on);
  bool others_stop();

  alignas(64) RankedLock<LockRank::kSched> lock_;
  GoroutineList global_ CSP_GUARDED_BY(lock_);
  Processor* idle_processors_ CSP_GUARDED_BY(lock_) = nullptr;
  Machine* idle_machines_ CSP_GUARDED_BY(lock_) = nullptr;
  Machine* spare_machines_ CSP_GUARDED_BY(lock_) = nullptr;  // no OS thread
  int active_machines_ CSP_GUARDED_BY(lock_) = 1;    // neither asleep ...
  int blocking_machines_ CSP_GUARDED_BY(lock_) = 0;  // nor in blocking()
  int machine_count_ CSP_GUARDED_BY(lock_) = 1;
  bool watcher_ CSP_GUARDED_BY(lock_) = false;  // somebody sleeps in watch()
  Goroutine* foreign_ CSP_GUARDED_BY(lock_) = nullptr;
  int foreign_parked_ CSP_GUARDED_BY(lock_) = 0;
  std::uint64_t wakes_ CSP_GUARDED_BY(lock_) = 0;  // of machines, ever

  alignas(64) std::atomic<std::uint32_t> global_size_{0};
  std::atomic<int> idle_count_{0};  // of idle_processors_
  std::atomic<int> spinning_{0};    // machines that look for work
  std::atomic<int> processor_count_{1};
  std::atomic<bool> stopping_{false};
  std::atomic<std::uint32_t> paused_{0};  // futex: 1 between pause and resume
  std::atomic<Machine*> machines_{nullptr};   // all, newest first
  std::atomic<std::uint32_t> watch_word_{0};  // futex of the watcher
  /// Where the watcher sleeps, or will in a moment; on the futex it stays
  /// kOnTheWay.
  enum class WatchPlace : std::uint8_t { kNowhere, kOnTheWay, kPoller };
  std::atomic<WatchPlace> watch_place_{WatchPlace::kNowhere};
  std::atomic<Machine*> stopper_{nullptr};  // who stopped the world
  std::atomic<seam::GoroutineId> ids_{2};
  std::atomic<std::int64_t> foreign_started_{0};

  std::array<std::atomic<Processor*>, kProcessorsMax> processors_{};
  StackPool stacks_;
  Machine first_machine_;
  Goroutine main_;
};

Scheduler& scheduler();
/// Where it lies, from the start of the process on.
extern std::byte scheduler_memory[];

/// Makes `goroutine`, when it is first switched to, run goroutine.run(task)
/// on the stack that ends at `top`, which is 64-byte aligned.
void prepare_context(Goroutine& goroutine, std::byte* top);

/// Whether an OS thread of this process sleeps in the kernel.
bool thread_sleeps(int thread);

/// The goroutine that runs here. A foreign OS thread is given one of its own.
Goroutine* this_goroutine();

/// No goroutine is resumed while one is alive, but the caller.
class WorldPause {
 public:
  WorldPause() { scheduler().pause_world(); }
  ~WorldPause() { scheduler().resume_world(); }
  WorldPause(const WorldPause&) = delete;
  WorldPause& operator=(const WorldPause&) = delete;
};

/// Nanoseconds of the monotonic clock, or of virtual time under a seed; and
/// as of its last tick, which is cheap.
std::int64_t now_ns();
std::int64_t coarse_now_ns();
/// Of the monotonic clock always.
std::int64_t real_now_ns();

/// Says why the calling goroutine, or foreign OS thread, is about to park.
/// Before it is published to whoever will wake it.
void begin_wait(Goroutine* self, WaitReason reason, const void* object);
/// Suspends it until ready(), which may have been called already.
void park(Goroutine* self);
/// Wakes it, wherever it runs. Requires: no lock is held.
void ready(Goroutine* goroutine);

}  // namespace csp::internal
