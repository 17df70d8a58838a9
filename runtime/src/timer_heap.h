// Timers: what happens when, in one heap.
//
// Invariants while lock_ is free:
//   1. heap_ is a 4-ary min-heap by (when, sequence); each entry knows its
//      position, so that it can be removed.
//   2. next_deadline_ is the first one's time, or kForever.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "csp/internal/annotations.h"
#include "runtime/src/futex.h"
#include "runtime/src/goroutine.h"
#include "runtime/src/lock.h"
#include "runtime/src/run_queue.h"

namespace csp::internal {

class ChanCore;

enum class TimerKind : std::uint8_t { kChannel, kFunction };

struct TimerEntry {
  static constexpr std::size_t kNotInHeap = ~std::size_t{0};

  TimerKind kind = TimerKind::kChannel;
  bool detached = false;       // kChannel: destroyed once it has fired
  std::int64_t when_ns = 0;    // by now_ns()
  std::int64_t period_ns = 0;  // kChannel: 0 is once
  std::size_t position = kNotInHeap;
  ChanCore* channel = nullptr;    // kChannel; owns a reference
  void (*fire)(void*) = nullptr;  // kFunction
  void (*destroy)(void*) = nullptr;
  void* argument = nullptr;
  std::uint32_t users = 1;  // the owner, and firings under way
};

class TimerHeap {
 public:
  /// Fires `entry` at `when_ns`; it is not in the heap.
  void add(TimerEntry& entry, std::int64_t when_ns) CSP_EXCLUDES(lock_);
  /// Makes `sleeper`, which is parked or about to, runnable at `when_ns`.
  void add_sleeper(Goroutine* sleeper, std::int64_t when_ns)
      CSP_EXCLUDES(lock_);
  /// Returns whether it was going to fire, or what it sent was not received
  /// yet, and now will not be.
  bool stop(TimerEntry& entry) CSP_EXCLUDES(lock_);
  /// stop() and add() in one step. Returns as stop().
  bool reset(TimerEntry& entry, std::int64_t when_ns, std::int64_t period_ns)
      CSP_EXCLUDES(lock_);
  /// Ends one use of a stopped timer that was made with new.
  void drop(TimerEntry* entry) CSP_EXCLUDES(lock_);
  void detach(TimerEntry* entry) CSP_EXCLUDES(lock_);

  /// Fires all that are due. Wakes goroutines.
  void fire_expired() CSP_EXCLUDES(lock_);

  bool has_any() const {
    return next_deadline_.load(std::memory_order_relaxed) != kForever;
  }
  std::int64_t next_deadline() const {
    return next_deadline_.load(std::memory_order_acquire);
  }
  /// Whether one of them can make a goroutine runnable when all are parked:
  /// a sleeper, a function, or a channel that somebody receives from.
  bool can_wake() CSP_EXCLUDES(lock_);
  /// The channels that are going to be sent on.
  std::vector<const ChanCore*> channels() CSP_EXCLUDES(lock_);

 private:
  friend class Fork;

  /// One thing that will happen. The times lie in the heap itself, and a
  /// sleeper has no entry, since its stack is in no cache.
  struct Node {
    std::int64_t when_ns = 0;
    std::uint64_t sequence = 0;   // first set, first fired
    TimerEntry* entry = nullptr;  // null: a sleeper
    Goroutine* sleeper = nullptr;
  };

  std::uint64_t next_sequence() CSP_REQUIRES(lock_);
  bool insert(Node node) CSP_REQUIRES(lock_);
  bool insert(TimerEntry& entry) CSP_REQUIRES(lock_);
  void remove(std::size_t position) CSP_REQUIRES(lock_);
  void postpone_first(std::int64_t when_ns) CSP_REQUIRES(lock_);
  void place(std::size_t position, const Node& node) CSP_REQUIRES(lock_);
  std::size_t sift_up(std::size_t position) CSP_REQUIRES(lock_);
  std::size_t sift_down(std::size_t position) CSP_REQUIRES(lock_);
  void update_deadline() CSP_REQUIRES(lock_);
  bool stop_locked(TimerEntry& entry) CSP_REQUIRES(lock_);
  /// What is left to be done for a timer that fired, without the lock.
  struct Fired {
    std::size_t sleepers = 0;  // taken, to be woken
    bool more = true;          // may be due
    Goroutine* woken = nullptr;
    TimerEntry* function = nullptr;  // to be called, and dropped
    TimerEntry* spent = nullptr;     // to be destroyed
  };
  void fire_later(TimerEntry& entry) CSP_EXCLUDES(lock_);
  Fired fire_first(std::int64_t now_ns) CSP_REQUIRES(lock_);
  Fired take_expired(std::span<Goroutine*> sleepers) CSP_EXCLUDES(lock_);
  void finish(const Fired& fired) CSP_EXCLUDES(lock_);
  static bool wakes_always(const Node& node) {
    return !node.entry || node.entry->kind == TimerKind::kFunction;
  }
  static bool before(const Node& a, const Node& b) {
    return a.when_ns != b.when_ns ? a.when_ns < b.when_ns
                                  : a.sequence < b.sequence;
  }

  RankedLock<LockRank::kTimers> lock_;
  std::vector<Node> heap_ CSP_GUARDED_BY(lock_);
  std::uint64_t sequence_ CSP_GUARDED_BY(lock_) = 0;
  std::size_t wakers_ CSP_GUARDED_BY(lock_) = 0;  // not kChannel
  std::atomic<std::int64_t> next_deadline_{kForever};
};

TimerHeap& timers();

}  // namespace csp::internal
