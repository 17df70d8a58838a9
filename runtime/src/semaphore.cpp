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

// Told under the semaphore's lock: the listener counts the permits too.
void tell_permits(seam::EventKind kind, const internal::Goroutine* goroutine,
                  const semaphore* object, std::int64_t amount,
                  std::int64_t before) {
  if (!internal::listening()) [[likely]]
    return;
  seam::Event event{kind};
  event.goroutine = goroutine->id;
  event.object = internal::object_id(object);
  event.value = amount;
  event.size = static_cast<std::uint64_t>(before);
  internal::tell(event);
}

void require_positive(std::int64_t n) {
  if (n < 0) throw std::invalid_argument("semaphore: negative amount");
}

}  // namespace

semaphore::~semaphore() {
  if (internal::listening()) [[unlikely]] {
    internal::tell(seam::EventKind::kLockFree, internal::this_goroutine(),
                   this);
  }
}

void semaphore::take(internal::Goroutine* goroutine, std::int64_t n) {
  tell_permits(seam::EventKind::kPermitsTaken, goroutine, this, n, available_);
  available_ -= n;
}

bool semaphore::try_acquire(std::int64_t n) {
  require_positive(n);
  WordLock guard(guard_, LockRank::kSync);
  guard.lock();
  const bool taken = available_ >= n && empty(waiters_);
  if (taken) take(internal::this_goroutine(), n);
  guard.unlock();
  return taken;
}

void semaphore::acquire(std::int64_t n) {
  require_positive(n);
  internal::preemption_point();
  internal::Goroutine* self = internal::this_goroutine();
  WordLock guard(guard_, LockRank::kSync);
  guard.lock();
  if (available_ >= n && empty(waiters_)) {
    take(self, n);
    guard.unlock();
  } else {
    Waiter waiter;
    waiter.goroutine = self;
    waiter.amount = n;
    push_back(waiters_, &waiter);
    internal::begin_wait(self, internal::WaitReason::kSemacquire, this);
    guard.unlock();
    internal::park(self);
  }
}

void semaphore::release(std::int64_t n) {
  require_positive(n);
  internal::Goroutine* self = internal::this_goroutine();
  internal::WaitQueue next;
  WordLock guard(guard_, LockRank::kSync);
  guard.lock();
  tell_permits(seam::EventKind::kPermitsGiven, self, this, n, available_);
  available_ += n;
  while (Waiter* first = waiters_.first) {
    if (first->amount > available_) break;
    take(first->goroutine, first->amount);
    remove(waiters_, first);
    push_back(next, first);
  }
  guard.unlock();
  internal::ready_queue(next);
  internal::preemption_point();
}

}  // namespace csp
