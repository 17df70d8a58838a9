#include "csp/sync.h"
#include "runtime/src/chooser.h"
#include "runtime/src/fatal.h"
#include "runtime/src/listener.h"
#include "runtime/src/lock.h"
#include "runtime/src/scheduler.h"
#include "runtime/src/taken.h"
#include "runtime/src/wait_list.h"

namespace csp {

using internal::LockRank;
using internal::Waiter;
using internal::WaitReason;
using internal::WordLock;
using seam::EventKind;

namespace {

void tell_lock(EventKind kind, const shared_mutex* lock) {
  if (internal::listening()) [[unlikely]] {
    internal::tell(kind, internal::this_goroutine(), lock);
  }
}

void tell_tried(EventKind kind, const shared_mutex* lock) {
  if (internal::listening()) [[unlikely]] {
    internal::tell(kind, internal::this_goroutine(), lock, csp::seam::kTried);
  }
}

}  // namespace

// Under guard_. Of many readers the first few are remembered.
void shared_mutex::taken_shared(void* site) {
  for (internal::Taken& each : taken_shared_) {
    if (each.goroutine.load(std::memory_order_relaxed) != 0) continue;
    internal::note_taken(each, site);
    return;
  }
}

// Under guard_. The reader may be another one than took it.
void shared_mutex::released_shared() {
  const std::uint32_t self = internal::owner_id(internal::this_goroutine());
  for (internal::Taken& each : taken_shared_) {
    if (each.goroutine.load(std::memory_order_relaxed) != self) continue;
    each.goroutine.store(0, std::memory_order_relaxed);
    return;
  }
}

shared_mutex::~shared_mutex() { tell_lock(EventKind::kLockFree, this); }

bool shared_mutex::try_lock() {
  WordLock guard(guard_, LockRank::kSync);
  guard.lock();
  const bool free = !writer_ && readers_ == 0;
  if (free) {
    writer_ = true;
    internal::note_taken(taken_, __builtin_return_address(0));
  }
  guard.unlock();
  if (free) tell_tried(EventKind::kLock, this);
  return free;
}

void shared_mutex::lock() {
  internal::preemption_point();
  WordLock guard(guard_, LockRank::kSync);
  guard.lock();
  if (!writer_ && readers_ == 0) {
    writer_ = true;
    guard.unlock();
  } else {
    Waiter waiter;
    internal::Goroutine* self = internal::this_goroutine();
    waiter.goroutine = self;
    waiter.exclusive = true;
    ++waiting_writers_;
    push_back(waiters_, &waiter);
    internal::begin_wait(self, WaitReason::kRWMutexLock, this);
    guard.unlock();
    internal::park(self);  // woken as the holder
  }
  internal::note_taken(taken_, __builtin_return_address(0));
  tell_lock(EventKind::kLock, this);
}

bool shared_mutex::try_lock_shared() {
  WordLock guard(guard_, LockRank::kSync);
  guard.lock();
  const bool free = !writer_ && waiting_writers_ == 0;
  if (free) {
    ++readers_;
    taken_shared(__builtin_return_address(0));
  }
  guard.unlock();
  if (free) tell_tried(EventKind::kRLock, this);
  return free;
}

void shared_mutex::lock_shared() {
  internal::preemption_point();
  WordLock guard(guard_, LockRank::kSync);
  guard.lock();
  if (!writer_ && waiting_writers_ == 0) {
    ++readers_;
    taken_shared(__builtin_return_address(0));
    guard.unlock();
  } else {
    Waiter waiter;
    internal::Goroutine* self = internal::this_goroutine();
    waiter.goroutine = self;
    push_back(waiters_, &waiter);
    internal::begin_wait(self, WaitReason::kRWMutexRLock, this);
    guard.unlock();
    internal::park(self);  // woken as a holder
    guard.lock();
    taken_shared(__builtin_return_address(0));
    guard.unlock();
  }
  tell_lock(EventKind::kRLock, this);
}

void shared_mutex::unlock() {
  tell_lock(EventKind::kUnlock, this);
  WordLock guard(guard_, LockRank::kSync);
  guard.lock();
  if (!writer_) {
    guard.unlock();
    internal::fatal_error("sync: Unlock of unlocked RWMutex");
  }
  writer_ = false;
  // All readers that wait come first, also those behind a writer, as in Go.
  internal::WaitQueue next;
  for (Waiter* waiter = waiters_.first; waiter;) {
    Waiter* following = waiter->next;
    if (!waiter->exclusive) {
      remove(waiters_, waiter);
      ++readers_;
      push_back(next, waiter);
    }
    waiter = following;
  }
  if (empty(next)) next = next_writer();
  guard.unlock();
  internal::ready_queue(next);
  internal::preemption_point();
}

// Nobody holds the lock, and only writers wait: the oldest holds it now.
internal::WaitQueue shared_mutex::next_writer() {
  internal::WaitQueue next;
  Waiter* writer = pop_front(waiters_);
  if (!writer) return next;
  --waiting_writers_;
  writer_ = true;
  push_back(next, writer);
  return next;
}

void shared_mutex::unlock_shared() {
  tell_lock(EventKind::kRUnlock, this);
  WordLock guard(guard_, LockRank::kSync);
  guard.lock();
  if (readers_ == 0) {
    guard.unlock();
    internal::fatal_error("sync: RUnlock of unlocked RWMutex");
  }
  --readers_;
  released_shared();
  internal::WaitQueue next;
  // Readers wait only behind a writer, so a writer is first.
  if (readers_ == 0) next = next_writer();
  guard.unlock();
  internal::ready_queue(next);
  internal::preemption_point();
}

}  // namespace csp
