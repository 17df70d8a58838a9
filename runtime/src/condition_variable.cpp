#include <utility>

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

void tell_notify(const condition_variable* object, const Waiter* first) {
  if (!internal::listening()) [[likely]]
    return;
  std::int64_t woken = 0;
  for (const Waiter* each = first; each; each = each->next) ++woken;
  seam::Event event{seam::EventKind::kCondNotify};
  event.goroutine = internal::this_goroutine()->id;
  event.object = internal::object_id(object);
  event.value = woken;
  internal::tell(event);
}

}  // namespace

condition_variable::~condition_variable() = default;

// In the queue before the lock is released, so that no notify is missed.
void condition_variable::wait_unlocked(void (*unlock)(void*), void* lock) {
  internal::preemption_point();
  Waiter waiter;
  internal::Goroutine* self = internal::this_goroutine();
  waiter.goroutine = self;
  if (internal::listening()) [[unlikely]] {
    internal::tell(seam::EventKind::kCondWait, self, this);
  }
  internal::begin_wait(self, internal::WaitReason::kCondWait, this);
  WordLock guard(guard_, LockRank::kSync);
  guard.lock();
  push_back(waiters_, &waiter);
  guard.unlock();
  // A notify that comes during unlock(), which does not park, makes park()
  // return at once.
  unlock(lock);
  internal::park(self);
}

void condition_variable::notify_one() {
  internal::preemption_point();
  WordLock guard(guard_, LockRank::kSync);
  guard.lock();
  Waiter* waiter = pop_chosen(waiters_);
  if (waiter) waiter->next = nullptr;  // it is out of the queue
  internal::Goroutine* goroutine = waiter ? waiter->goroutine : nullptr;
  if (!waiter) ++unheard_;
  tell_notify(this, waiter);
  guard.unlock();
  if (goroutine) internal::ready(goroutine);
}

void condition_variable::notify_all() {
  internal::preemption_point();
  WordLock guard(guard_, LockRank::kSync);
  guard.lock();
  internal::WaitQueue all = std::exchange(waiters_, {});
  if (internal::empty(all)) ++unheard_;
  tell_notify(this, all.first);
  guard.unlock();
  internal::ready_queue(all);
}

}  // namespace csp
