#include <stdexcept>

#include "csp/sync.h"
#include "runtime/src/chooser.h"
#include "runtime/src/listener.h"
#include "runtime/src/lock.h"
#include "runtime/src/scheduler.h"
#include "runtime/src/wait_list.h"

namespace csp {

using internal::LockRank;
using internal::Waiter;
using internal::WordLock;

namespace {

void tell_semaphore(seam::EventKind kind, const semaphore* object) {
  if (internal::listening()) [[unlikely]] {
    internal::tell(kind, internal::this_goroutine(), object);
  }
}

void require_positive(std::int64_t n) {
  if (n < 0) throw std::invalid_argument("semaphore: negative amount");
}

}  // namespace

semaphore::~semaphore() { tell_semaphore(seam::EventKind::kLockFree, this); }

bool semaphore::try_acquire(std::int64_t n) {
  require_positive(n);
  WordLock guard(guard_, LockRank::kSync);
  guard.lock();
  const bool taken = available_ >= n && empty(waiters_);
  if (taken) available_ -= n;
  guard.unlock();
  if (taken) tell_semaphore(seam::EventKind::kAcquire, this);
  return taken;
}

void semaphore::acquire(std::int64_t n) {
  require_positive(n);
  internal::preemption_point();
  WordLock guard(guard_, LockRank::kSync);
  guard.lock();
  if (available_ >= n && empty(waiters_)) {
    available_ -= n;
    guard.unlock();
  } else {
    Waiter waiter;
    internal::Goroutine* self = internal::this_goroutine();
    waiter.goroutine = self;
    waiter.amount = n;
    push_back(waiters_, &waiter);
    internal::begin_wait(self, internal::WaitReason::kSemacquire, this);
    guard.unlock();
    internal::park(self);
  }
  tell_semaphore(seam::EventKind::kAcquire, this);
}

void semaphore::release(std::int64_t n) {
  require_positive(n);
  tell_semaphore(seam::EventKind::kReleaseMerge, this);
  internal::WaitQueue next;
  WordLock guard(guard_, LockRank::kSync);
  guard.lock();
  available_ += n;
  while (Waiter* first = waiters_.first) {
    if (first->amount > available_) break;
    available_ -= first->amount;
    remove(waiters_, first);
    push_back(next, first);
  }
  guard.unlock();
  internal::ready_queue(next);
  internal::preemption_point();
}

}  // namespace csp
