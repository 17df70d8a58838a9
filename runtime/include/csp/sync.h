/// Locks and meeting points that park the goroutine, never its OS thread.
///
/// Nothing here can be copied or moved. `std::atomic` is used as it is.
#pragma once

#include <atomic>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <mutex>         // the guards that fit: lock_guard, unique_lock, ...
#include <shared_mutex>  // shared_lock
#include <utility>

#include "csp/errors.h"
#include "csp/internal/annotations.h"
#include "csp/internal/fast_path.h"
#include "csp/internal/task.h"
#include "csp/race.h"

namespace csp {

namespace internal {

struct Goroutine;
struct Waiter;
struct DebugLayoutAccess;
struct Inspector;

/// First in, first out. Guarded by what it is part of.
struct WaitQueue {
  Waiter* first = nullptr;
  Waiter* last = nullptr;
};

struct Unmovable {
  Unmovable() = default;
  Unmovable(const Unmovable&) = delete;
  Unmovable& operator=(const Unmovable&) = delete;
};

}  // namespace internal

/// Mutual exclusion. Any goroutine may unlock it. It starves nobody.
///
/// Orders: the n-th unlock before the (n+1)-th lock returns. A try_lock that
/// fails orders nothing. It may be destroyed as soon as its last unlock has
/// returned, or as soon as the goroutine that locked it last has unlocked it.
class CSP_CAPABILITY("mutex") mutex : internal::Unmovable {
 public:
  mutex() = default;
  ~mutex();

  /// Blocks while the mutex is locked.
  CSP_ROLE("lock")
  [[gnu::always_inline]] inline void lock()
      CSP_ACQUIRE() CSP_NO_THREAD_SAFETY_ANALYSIS {
    if (!lock_fast()) [[unlikely]]
      lock_slow();
    taken_.note(CSP_SITE());
  }
  CSP_ROLE("try_lock")
  [[gnu::always_inline]] inline bool try_lock()
      CSP_TRY_ACQUIRE(true) CSP_NO_THREAD_SAFETY_ANALYSIS {
    if (!try_lock_slow()) return false;
    taken_.note(CSP_SITE());
    return true;
  }
  /// Fatal if the mutex is not locked: `sync: unlock of unlocked mutex`.
  CSP_ROLE("unlock")
  void unlock() CSP_RELEASE() CSP_NO_THREAD_SAFETY_ANALYSIS {
    if (!unlock_fast()) [[unlikely]]
      unlock_slow();
  }

 private:
  friend internal::DebugLayoutAccess;
  friend internal::Inspector;
  // Bits of state_: see mutex.cpp.
  static constexpr std::uint32_t kLocked = 1;
  static constexpr std::uint32_t kWaiting = 2;
  static constexpr std::uint32_t kQueue = 4;
  static constexpr std::uint32_t kWoken = 8;

  // The fast paths: the mutex is free, or nobody is to be woken, and nobody
  // watches. Not in code that is compiled for detection, which would see them
  // as atomics of the program's.
  bool lock_fast() {
    if constexpr (race::enabled) {
      return false;
    } else {
      std::uint32_t state = state_.load(std::memory_order_relaxed);
      return !internal::watched && !(state & (kLocked | kQueue)) &&
             state_.compare_exchange_strong(state, state | kLocked,
                                            std::memory_order_acquire,
                                            std::memory_order_relaxed);
    }
  }
  bool unlock_fast() {
    if constexpr (race::enabled) {
      return false;
    } else {
      std::uint32_t state = state_.load(std::memory_order_relaxed);
      const bool wakes_nobody =
          state == kLocked ||
          (state & (kLocked | kQueue | kWoken)) == (kLocked | kWoken);
      return !internal::watched && wakes_nobody &&
             state_.compare_exchange_strong(state, state & ~kLocked,
                                            std::memory_order_release,
                                            std::memory_order_relaxed);
    }
  }
  CSP_STAYS_IN_TRACEBACK void lock_slow();
  bool try_lock_slow();
  std::uint32_t lock_queue();
  void wait_for_turn();
  void unlock_slow();
  void wake_next();

  std::atomic<std::uint32_t> state_{0};
  internal::Taken taken_;
  internal::WaitQueue waiters_;
};

/// Many readers or one writer. A waiting writer blocks new readers, as in Go.
///
/// Orders: an unlock before following lock_shared and lock; an unlock_shared
/// before a following lock. Two readers are not ordered.
class CSP_CAPABILITY("shared_mutex") shared_mutex : internal::Unmovable {
 public:
  shared_mutex() = default;
  ~shared_mutex();

  CSP_ROLE("lock") CSP_STAYS_IN_TRACEBACK void lock() CSP_ACQUIRE();
  CSP_ROLE("try_lock") bool try_lock() CSP_TRY_ACQUIRE(true);
  /// Fatal if not locked: `sync: Unlock of unlocked RWMutex`.
  CSP_ROLE("unlock") void unlock() CSP_RELEASE();
  CSP_ROLE("rlock")
  CSP_STAYS_IN_TRACEBACK void lock_shared() CSP_ACQUIRE_SHARED();
  CSP_ROLE("try_rlock") bool try_lock_shared() CSP_TRY_ACQUIRE_SHARED(true);
  /// Fatal if not locked: `sync: RUnlock of unlocked RWMutex`.
  CSP_ROLE("runlock") void unlock_shared() CSP_RELEASE_SHARED();

 private:
  friend internal::DebugLayoutAccess;
  friend internal::Inspector;
  static constexpr std::size_t kReadersKept = 4;
  internal::WaitQueue next_writer();
  void taken_shared(void* site);
  void released_shared();

  std::atomic<std::uint32_t> guard_{0};  // 1 while the members below change
  std::uint32_t readers_ = 0;            // that hold it
  bool writer_ = false;                  // one holds it
  std::uint32_t waiting_writers_ = 0;
  internal::WaitQueue waiters_;                 // both kinds, oldest first
  internal::Taken taken_;                       // by the last writer
  internal::Taken taken_shared_[kReadersKept];  // by some of the readers
};

/// Waiting for a condition under a lock. Not woken without a notify.
///
/// Orders: nothing by itself; its lock does.
class condition_variable : internal::Unmovable {
 public:
  condition_variable() = default;
  ~condition_variable();

  /// Unlocks `lock`, blocks until notified, and locks it again.
  template <class Lock>
  CSP_ROLE("cond_wait")
  void wait(Lock& lock) CSP_NO_THREAD_SAFETY_ANALYSIS {
    wait_unlocked(&unlock_held<Lock>, &lock);
    lock.lock();
  }
  /// Waits until `ready()` is true.
  template <class Lock, std::predicate Ready>
  CSP_ROLE("cond_wait_pred")
  void wait(Lock& lock, Ready ready) {
    while (!ready()) wait(lock);
  }
  CSP_ROLE("notify_one") void notify_one();
  CSP_ROLE("notify_all") void notify_all();

 private:
  template <class Lock>
  static void unlock_held(void* lock) CSP_NO_THREAD_SAFETY_ANALYSIS {
    static_cast<Lock*>(lock)->unlock();
  }
  CSP_STAYS_IN_TRACEBACK
  void wait_unlocked(void (*unlock)(void*), void* lock);

  friend internal::DebugLayoutAccess;
  friend internal::Inspector;

  std::atomic<std::uint32_t> guard_{0};  // 1 while the members below change
  std::uint32_t unheard_ = 0;            // notifies that found nobody
  internal::WaitQueue waiters_;
};

/// Waits for a number of things to be done.
///
/// Orders: each done before the return of the wait that it releases. It may
/// be destroyed as soon as wait has returned.
class wait_group : internal::Unmovable {
 public:
  wait_group() = default;
  ~wait_group();

  /// Adds `delta`, which may be negative, to the counter. At zero every wait
  /// returns. Call it before the goroutine that it counts is started.
  /// Throws: sync_error if the counter would become negative.
  CSP_ROLE("wg_add") void add(int delta = 1);
  /// add(-1).
  CSP_ROLE("wg_done") void done();
  /// Blocks until the counter is zero.
  CSP_ROLE("wg_wait") CSP_STAYS_IN_TRACEBACK void wait();
  /// Counts a new goroutine that runs `f()`: add, go, done.
  template <class F>
  CSP_ROLE("wg_go")
  [[gnu::always_inline]] inline void go(F&& f) {
    add(1);
    // Taken back if the goroutine cannot be started.
    struct Undo {
      wait_group* group;
      ~Undo() {
        if (group) group->done();
      }
    } undo{this};
    internal::spawn(
        CSP_SITE(), 0,
        [this](auto&& body) {
          // Also on goexit(); not on an exception, which ends the program.
          struct Done {
            wait_group* group;
            ~Done() { group->done(); }
          } done{this};
          std::forward<decltype(body)>(body)();
        },
        std::forward<F>(f));
    undo.group = nullptr;
  }

 private:
  friend internal::DebugLayoutAccess;
  friend internal::Inspector;

  std::atomic<std::uint64_t> state_{0};  // counter and bits: wait_group.cpp
  internal::WaitQueue waiters_;
};

/// Runs a function once.
///
/// Orders: the completion of the function before every return of call.
class once : internal::Unmovable {
 public:
  once() = default;
  ~once();

  /// Runs `f()` if no call has yet; else waits until that one has ended. If
  /// f throws, this call throws on and f counts as having run.
  template <class F>
  CSP_ROLE("once")
  void call(F&& f) {
    if (!begin()) return;
    struct End {
      once* self;
      ~End() { self->end(); }
    } end{this};
    std::forward<F>(f)();
  }

 private:
  friend internal::DebugLayoutAccess;
  friend internal::Inspector;
  bool begin();  // true: this call runs f
  void end();

  std::atomic<std::uint32_t> state_{0};  // see once.cpp
  internal::WaitQueue waiters_;
  internal::Taken taken_;  // by the call that runs f
};

/// A counting semaphore, first come first served.
///
/// Orders: a release before the return of the acquire that it lets through:
/// what was given first is taken first, after what there was at the start.
class semaphore : internal::Unmovable {
 public:
  explicit semaphore(std::int64_t available) : available_(available) {}
  ~semaphore();

  /// Takes `n`; blocks until they are there and nobody waits before.
  CSP_ROLE("sem_acquire")
  CSP_STAYS_IN_TRACEBACK void acquire(std::int64_t n = 1);
  CSP_ROLE("sem_try_acquire") bool try_acquire(std::int64_t n = 1);
  /// Gives `n`; they may become more than there were at the start.
  CSP_ROLE("sem_release") void release(std::int64_t n = 1);

 private:
  friend internal::DebugLayoutAccess;
  friend internal::Inspector;

  void take(internal::Goroutine* goroutine, std::int64_t n);

  std::atomic<std::uint32_t> guard_{0};  // 1 while the members below change
  std::int64_t available_;
  internal::WaitQueue waiters_;
};

}  // namespace csp
