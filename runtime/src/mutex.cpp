// A mutex of one word and a queue.
//
// The word: kLocked, somebody holds it; kWaiting, the queue is not empty;
// kQueue, somebody changes the queue. The last access of unlock() to the
// mutex is the compare-exchange or store that frees it, so that the next
// holder may destroy it.
//
// As in Go's sync.Mutex, an unlock lets newcomers take the lock before a
// woken waiter gets to it, which is fast; but one that has waited for more
// than kStarvingNs is given the lock directly, so that nobody starves.
#include "csp/sync.h"
#include "runtime/src/check.h"
#include "runtime/src/fatal.h"
#include "runtime/src/listener.h"
#include "runtime/src/lock.h"
#include "runtime/src/scheduler.h"
#include "runtime/src/taken.h"
#include "runtime/src/wait_list.h"

namespace csp {

namespace {

using internal::Waiter;

constexpr std::uint32_t kLocked = 1;
constexpr std::uint32_t kWaiting = 2;
constexpr std::uint32_t kQueue = 4;

constexpr std::int64_t kStarvingNs = 1'000'000;  // as Go

/// Sets kQueue; returns the word as it was, which has kQueue clear.
std::uint32_t lock_queue(std::atomic<std::uint32_t>& word) {
  unsigned round = 0;
  for (;;) {
    std::uint32_t state = word.load(std::memory_order_relaxed);
    if (!(state & kQueue) &&
        word.compare_exchange_weak(state, state | kQueue,
                                   std::memory_order_acquire)) {
      return state;
    }
    internal::spin_wait(round);
  }
}

}  // namespace

mutex::~mutex() {
  if (internal::listening()) [[unlikely]] {
    internal::tell(seam::EventKind::kLockFree, internal::this_goroutine(),
                   this);
  }
}

bool mutex::try_lock() {
  std::uint32_t state = state_.load(std::memory_order_relaxed);
  while (!(state & (kLocked | kQueue))) {
    if (state_.compare_exchange_weak(state, state | kLocked,
                                     std::memory_order_acquire)) {
      internal::note_taken(taken_, __builtin_return_address(0));
      if (internal::listening()) [[unlikely]] {
        internal::tell(seam::EventKind::kLock, internal::this_goroutine(),
                       this);
      }
      return true;
    }
  }
  return false;
}

void mutex::lock() {
  std::uint32_t state = 0;
  if (!state_.compare_exchange_strong(state, kLocked,
                                      std::memory_order_acquire)) [[unlikely]] {
    lock_slow(state);
  }
  internal::note_taken(taken_, __builtin_return_address(0));
  if (internal::listening()) [[unlikely]] {
    internal::tell(seam::EventKind::kLock, internal::this_goroutine(), this);
  }
}

void mutex::lock_slow(std::uint32_t state) {
  Waiter waiter;
  internal::Goroutine* self = internal::this_goroutine();
  waiter.goroutine = self;
  bool woken = false;
  for (;;) {
    // Taking a lock that is free, though others wait, is not unfair to them
    // for longer than kStarvingNs.
    state = state_.load(std::memory_order_relaxed);
    if (!(state & (kLocked | kQueue))) {
      if (state_.compare_exchange_weak(state, state | kLocked,
                                       std::memory_order_acquire)) {
        return;
      }
      continue;
    }
    state = lock_queue(state_);
    if (!(state & kLocked)) {
      state_.store(state | kLocked, std::memory_order_release);
      return;
    }
    if (waiter.since_ns == 0) waiter.since_ns = internal::now_ns();
    waiter.success = false;
    // One that was woken in vain keeps its place.
    if (woken) {
      push_front(waiters_, &waiter);
    } else {
      push_back(waiters_, &waiter);
    }
    internal::begin_wait(self, internal::WaitReason::kMutexLock, this);
    // While kQueue is set only the holder's kLocked may go; it waits for us.
    state_.store(kLocked | kWaiting, std::memory_order_release);
    internal::park(self);
    if (waiter.success) return;  // the lock was handed over
    woken = true;
  }
}

void mutex::unlock() {
  if (internal::listening()) [[unlikely]] {
    internal::tell(seam::EventKind::kUnlock, internal::this_goroutine(), this);
  }
  std::uint32_t state = kLocked;
  if (!state_.compare_exchange_strong(state, 0, std::memory_order_release))
      [[unlikely]] {
    unlock_slow(state);
  }
}

void mutex::unlock_slow(std::uint32_t state) {
  if (!(state & kLocked)) {
    internal::fatal_error("sync: unlock of unlocked mutex");
  }
  state = lock_queue(state_);
  if (!(state & kLocked)) {
    state_.store(state, std::memory_order_release);
    internal::fatal_error("sync: unlock of unlocked mutex");
  }
  Waiter* waiter = pop_front(waiters_);
  const std::uint32_t waiting = empty(waiters_) ? 0 : kWaiting;
  if (!waiter) {
    state_.store(0, std::memory_order_release);
    return;
  }
  internal::Goroutine* goroutine = waiter->goroutine;
  const bool starving = internal::now_ns() - waiter->since_ns > kStarvingNs;
  waiter->success = starving;
  state_.store((starving ? kLocked : 0) | waiting, std::memory_order_release);
  internal::ready(goroutine);
}

}  // namespace csp
