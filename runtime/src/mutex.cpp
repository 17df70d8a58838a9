// A mutex of one word and a queue.
//
// The word: kLocked, somebody holds it; kWaiting, the queue is not empty;
// kQueue, somebody changes the queue; kWoken, a waiter that was woken is on
// its way to the lock. The last access of unlock() to the mutex is the
// compare-exchange or store that frees it, so that the next holder may destroy
// it.
//
// As in Go's sync.Mutex, an unlock lets newcomers take the lock before a
// woken waiter gets to it, which is fast, and wakes no second waiter while one
// is on its way; but one that has waited for more than kStarvingNs is given
// the lock directly, so that nobody starves.
//
// No wake-up is lost: whoever frees the lock wakes a waiter, unless kWoken
// says that one is awake; and that one takes the lock, and wakes another when
// it frees it, or goes back to the queue while somebody else holds the lock,
// and clears kWoken in the same store.
#include "csp/sync.h"
#include "runtime/src/check.h"
#include "runtime/src/chooser.h"
#include "runtime/src/fatal.h"
#include "runtime/src/listener.h"
#include "runtime/src/lock.h"
#include "runtime/src/scheduler.h"
#include "runtime/src/wait_list.h"

namespace csp {

namespace internal {

void note_taken(Taken& taken, void* where) { taken.note(where); }

}  // namespace internal

namespace {

using internal::Waiter;

constexpr std::int64_t kStarvingNs = 1'000'000;  // as Go

void tell_lock(seam::EventKind kind, const mutex* lock) {
  if (internal::listening()) [[unlikely]] {
    internal::tell(kind, internal::this_goroutine(), lock);
  }
}

void tell_tried(const mutex* lock) {
  if (internal::listening()) [[unlikely]] {
    internal::tell(seam::EventKind::kLock, internal::this_goroutine(), lock,
                   seam::kTried);
  }
}

}  // namespace

// Sets kQueue; returns the word as it was, which has kQueue clear.
std::uint32_t mutex::lock_queue() {
  unsigned round = 0;
  for (;;) {
    std::uint32_t state = state_.load(std::memory_order_relaxed);
    if (!(state & kQueue) &&
        state_.compare_exchange_weak(state, state | kQueue,
                                     std::memory_order_acquire)) {
      return state;
    }
    internal::spin_wait(round);
  }
}

mutex::~mutex() { tell_lock(seam::EventKind::kLockFree, this); }

bool mutex::try_lock_slow() {
  std::uint32_t state = state_.load(std::memory_order_relaxed);
  while (!(state & (kLocked | kQueue))) {
    if (state_.compare_exchange_weak(state, state | kLocked,
                                     std::memory_order_acquire)) {
      tell_tried(this);
      return true;
    }
  }
  return false;
}

void mutex::lock_slow() {
  internal::preemption_point();
  std::uint32_t state = 0;
  if (!state_.compare_exchange_strong(state, kLocked,
                                      std::memory_order_acquire)) {
    wait_for_turn();
  }
  tell_lock(seam::EventKind::kLock, this);
}

void mutex::wait_for_turn() {
  // The holder may be about to free it on another processor.
  constexpr unsigned kSpins = 4;
  constexpr int kPauses = 30;
  Waiter waiter;
  internal::Goroutine* self = internal::this_goroutine();
  waiter.goroutine = self;
  std::uint32_t woken = 0;  // kWoken, if this one was
  for (unsigned round = 0;;) {
    // Taking a lock that is free, though others wait, is not unfair to them
    // for longer than kStarvingNs.
    std::uint32_t state = state_.load(std::memory_order_relaxed);
    if (!(state & (kLocked | kQueue))) {
      if (state_.compare_exchange_weak(state, (state | kLocked) & ~woken,
                                       std::memory_order_acquire)) {
        return;
      }
      continue;
    }
    if (round < kSpins && internal::scheduler().worth_spinning()) {
      ++round;
      for (int pause = 0; pause < kPauses; ++pause) __builtin_ia32_pause();
      continue;
    }
    state = lock_queue();
    if (!(state & kLocked)) {
      state_.store((state | kLocked) & ~woken, std::memory_order_release);
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
    state_.store((state | kWaiting) & ~woken, std::memory_order_release);
    internal::park(self);
    if (waiter.success) return;  // the lock was handed over
    woken = kWoken;
    round = 0;
  }
}

void mutex::unlock_slow() {
  tell_lock(seam::EventKind::kUnlock, this);
  unsigned round = 0;
  for (;;) {
    std::uint32_t state = state_.load(std::memory_order_relaxed);
    if (!(state & kLocked)) {
      internal::fatal_error("sync: unlock of unlocked mutex");
    }
    if (state & kQueue) {
      internal::spin_wait(round);
      continue;
    }
    if ((state & kWoken) || !(state & kWaiting)) {
      if (state_.compare_exchange_weak(state, state & ~kLocked,
                                       std::memory_order_release)) {
        break;
      }
      continue;
    }
    if (state_.compare_exchange_weak(state, state | kQueue,
                                     std::memory_order_acquire)) {
      wake_next();
      break;
    }
  }
  internal::preemption_point();
}

// Frees the mutex and kQueue, both of which are the caller's; somebody waits.
void mutex::wake_next() {
  Waiter* waiter = pop_chosen(waiters_);
  const std::uint32_t waiting = empty(waiters_) ? 0 : kWaiting;
  internal::Goroutine* goroutine = waiter->goroutine;
  const bool starving = internal::now_ns() - waiter->since_ns > kStarvingNs;
  waiter->success = starving;
  state_.store((starving ? kLocked : kWoken) | waiting,
               std::memory_order_release);
  internal::ready(goroutine);
}

}  // namespace csp
