#include "runtime/src/fork.h"

#include <pthread.h>
#include <unistd.h>

#include <cstdint>
#include <vector>

#include "runtime/src/check.h"
#include "runtime/src/large_stacks.h"
#include "runtime/src/monitor.h"
#include "runtime/src/poller.h"
#include "runtime/src/sanitizer.h"
#include "runtime/src/scheduler.h"
#include "runtime/src/timer_heap.h"

namespace csp::internal {

std::atomic<bool> fork_unfinished{false};

/// What the handlers do; a friend of those whose state they reset.
class Fork {
 public:
  static void before();
  static void in_parent();
  static void in_child();
  static void finish();
  static bool in_child_without_goroutines() {
    return child_ && scheduler().alive() == 0;
  }

 private:
  static void stop_others();
  static void lock_all();
  static void unlock_all();
  static void reset_monitor();
  static void reset_poller();
  static void reset_timers();
  static void reset_scheduler();
  static void empty(Processor& processor);
  static void vanish(Goroutine& goroutine);

  // Of the last fork. Nobody else forks between before() and its end.
  static inline Goroutine* forker_ = nullptr;
  static inline bool child_ = false;
  static inline seam::GoroutineId first_new_id_ = 0;
  static inline std::atomic<std::uint32_t> finishing_{0};  // 1: at it
};

// Those that are in the middle of the runtime come out of it. One that
// computes for long, or sits in a system call, is in none of it.
void Fork::stop_others() {
  constexpr int kTries = 200;
  constexpr int kMicroseconds = 50;
  Scheduler& all = scheduler();
  std::uint32_t no = 0;
  while (!all.paused_.compare_exchange_strong(no, 1)) {
    no = 0;
    usleep(kMicroseconds);  // not a yield: fork() is under way here
  }
  all.call_attention(true);
  const Machine* self = this_machine();
  for (int i = 0; i < kTries; ++i) {
    bool running = false;
    for (auto& entry : all.processors_) {
      const Processor* processor = entry.load();
      if (!processor) break;
      const bool own = self && self->processor() == processor;
      if (processor->runs() && !own) running = true;
    }
    if (!running) return;
    usleep(kMicroseconds);
  }
}

void Fork::lock_all() CSP_NO_THREAD_SAFETY_ANALYSIS {
  timers().lock_.lock();
  poller().lock_.lock();
  scheduler().lock_.lock();
  scheduler().stacks_.lock_.lock();
  large_stacks().lock_.lock();
}

void Fork::unlock_all() CSP_NO_THREAD_SAFETY_ANALYSIS {
  large_stacks().lock_.unlock();
  scheduler().stacks_.lock_.unlock();
  scheduler().lock_.unlock();
  poller().lock_.unlock();
  timers().lock_.unlock();
}

void Fork::before() {
  forker_ = this_goroutine();
  stop_others();
  lock_all();
}

void Fork::in_parent() {
  unlock_all();
  scheduler().resume_world();
}

void Fork::in_child() {
  child_ = true;
  reset_monitor();
  reset_poller();
  reset_timers();
  reset_scheduler();
  unlock_all();
}

// Its thread is the parent's.
void Fork::reset_monitor() {
  Monitor& one = monitor();
  one.running_.store(false);
  one.watch_foreign_.store(false);
  one.dump_.store(0);
  one.trim_.store(false);
  one.wake_later_.store(false);
  one.asleep_.store(0);
  one.started_.store(false);
}

// The epoll instance is the parent's too: what is added here would wake it.
void Fork::reset_poller() CSP_NO_THREAD_SAFETY_ANALYSIS {
  Poller& one = poller();
  if (one.epoll_.load() >= 0) {
    close(one.epoll_.load());
    close(one.wake_.load());
  }
  one.epoll_.store(-1);
  one.wake_.store(-1);
  one.waiters_.store(0);
  one.interests_.clear();
}

// Sleepers are gone; channels and contexts with a deadline may be the
// forker's, and go on.
void Fork::reset_timers() CSP_NO_THREAD_SAFETY_ANALYSIS {
  TimerHeap& heap = timers();
  const std::vector<TimerHeap::Node> before = heap.heap_;
  heap.heap_.clear();
  heap.wakers_ = 0;
  heap.next_deadline_.store(kForever);
  for (const TimerHeap::Node& node : before) {
    if (node.entry) heap.insert(*node.entry);
  }
}

void Fork::empty(Processor& processor) {
  processor.run_next.store(nullptr);
  while (processor.queue.pop()) {
  }
  processor.run_next_stale.store(false);
  processor.held.store(false);
  processor.stopped.store(false);
  // Ids of the parent's time tell who is to vanish.
  processor.next_id = processor.end_id;
}

// One machine is left: the caller's, if a goroutine forked.
void Fork::reset_scheduler() CSP_NO_THREAD_SAFETY_ANALYSIS {
  Scheduler& all = scheduler();
  Machine* self = this_machine();
  const bool holds = self && self->processor();
  all.idle_processors_ = nullptr;
  all.idle_count_.store(0);
  for (int id = Scheduler::kProcessorsMax - 1; id >= 0; --id) {
    Processor* processor = all.processors_[static_cast<std::size_t>(id)].load();
    if (!processor) continue;
    empty(*processor);
    if (holds && processor == self->processor()) {
      processor->held.store(true);
    } else if (id < all.processor_count_.load()) {
      processor->next_idle = all.idle_processors_;
      all.idle_processors_ = processor;
      all.idle_count_.fetch_add(1);
    }
  }
  while (all.global_.pop_front()) {
  }
  all.global_size_.store(0);
  all.idle_machines_ = nullptr;
  all.spare_machines_ = nullptr;
  all.machines_.store(self);
  all.machine_count_ = self ? 1 : 0;
  all.active_machines_ = holds ? 1 : 0;
  all.blocking_machines_ = self && !holds ? 1 : 0;
  all.spinning_.store(0);
  all.watcher_ = false;
  all.watch_place_.store(Scheduler::WatchPlace::kNowhere);
  all.foreign_ = forker_->foreign ? forker_ : nullptr;
  forker_->next = nullptr;
  all.foreign_parked_ = 0;
  all.stacks_.unmapping_.store(false);
  all.stacks_.visitors_ = 0;
  all.foreign_started_.store(0);
  if (self) {
    self->next = nullptr;
    self->thread.store(gettid());
    self->started.store(0);
    self->ended.store(0);
  }
  first_new_id_ = all.ids_.load();
  // Until finish(), every scheduling decision comes to a machine's loop.
  fork_unfinished.store(true);
  all.call_attention(true);
  all.paused_.store(0);
}

namespace {

// What a goroutine of the parent does here if it is given what it waits for.
void do_nothing_for_ever(void*) {
  this_goroutine()->status.store(Status::kDead);
  scheduler().park();
}

}  // namespace

// Others may have it in a queue that it waits in, so its stack is left as it
// is, and what could be resumed is put below.
void Fork::vanish(Goroutine& goroutine) {
  constexpr std::size_t kRedZone = 128;
  constexpr std::uintptr_t kAlign = 64;
  const Status status = goroutine.status.load();
  if (&goroutine == forker_ || goroutine.id >= first_new_id_) return;
  if (status == Status::kDead || status == Status::kFresh) return;
  if (__lsan_register_root_region && goroutine.context.sp) {
    const auto* from = static_cast<const std::byte*>(goroutine.context.sp);
    if (from < goroutine.stack_high) {
      __lsan_register_root_region(
          from, static_cast<std::size_t>(goroutine.stack_high - from));
    }
  }
  if (goroutine.context.on_cpu.load() == 0) {
    const auto sp = reinterpret_cast<std::uintptr_t>(goroutine.context.sp);
    goroutine.run = &do_nothing_for_ever;
    goroutine.task = nullptr;
    goroutine.id = 0;  // no listener hears of it
    prepare_context(goroutine, reinterpret_cast<std::byte*>((sp - kRedZone) &
                                                            ~(kAlign - 1)));
  }
  // One that is in a queue of the child already is resumed once, for nothing.
  goroutine.status.store(Status::kDead);
}

void Fork::finish() {
  if (finishing_.exchange(1) == 1) {
    unsigned round = 0;
    while (fork_unfinished.load()) spin_wait(round);
    return;
  }
  if (fork_unfinished.load()) {
    Scheduler& all = scheduler();
    vanish(*all.main_goroutine());
    all.stacks().for_each([](Goroutine* one) { vanish(*one); });
    all.call_attention(false);
    fork_unfinished.store(false);
  }
  finishing_.store(0);
}

void finish_fork() { Fork::finish(); }

bool forked_child_has_ended() { return Fork::in_child_without_goroutines(); }

void install_fork_handlers() {
  CSP_CHECK(pthread_atfork(&Fork::before, &Fork::in_parent, &Fork::in_child) ==
            0);
}

}  // namespace csp::internal
