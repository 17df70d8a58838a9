// A counter and a queue in one word and a list.
//
// The word: the counter in the upper half; kWaiting, the queue is not empty;
// kQueue, somebody changes the queue. The store that makes the counter zero
// is the last access of done() to the wait_group, so that whoever returns
// from wait() may destroy it.
#include "csp/sync.h"
#include "runtime/src/chooser.h"
#include "runtime/src/listener.h"
#include "runtime/src/lock.h"
#include "runtime/src/scheduler.h"
#include "runtime/src/wait_list.h"

namespace csp {

namespace {

using internal::Waiter;

constexpr std::uint64_t kWaiting = 1;
constexpr std::uint64_t kQueue = 2;

std::int64_t counter(std::uint64_t state) {
  return static_cast<std::int32_t>(state >> 32);
}

std::uint64_t with_counter(std::uint64_t state, std::int64_t count) {
  return (static_cast<std::uint64_t>(static_cast<std::uint32_t>(count)) << 32) |
         (state & 0xffffffff);
}

void tell_add(const wait_group* group, int delta, bool from_zero) {
  seam::Event event{seam::EventKind::kWgAdd};
  event.goroutine = internal::this_goroutine()->id;
  event.object = internal::object_id(group);
  event.value = delta;
  event.flags = from_zero ? seam::kFromZero : 0;
  internal::tell(event);
}

}  // namespace

wait_group::~wait_group() {
  if (internal::listening()) [[unlikely]] {
    internal::tell(seam::EventKind::kLockFree, internal::this_goroutine(),
                   this);
  }
}

void wait_group::done() { add(-1); }

void wait_group::add(int delta) {
  internal::preemption_point();
  if (internal::listening()) [[unlikely]] {
    // Told before the counter changes: a wait that sees zero comes after.
    tell_add(this, delta, counter(state_.load()) == 0);
  }
  unsigned round = 0;
  std::uint64_t state = state_.load(std::memory_order_relaxed);
  for (;;) {
    const std::int64_t count = counter(state) + delta;
    if (count < 0 || count > INT32_MAX) {
      throw sync_error("sync: negative WaitGroup counter");
    }
    if (state & kQueue) {
      internal::spin_wait(round);
      state = state_.load(std::memory_order_relaxed);
      continue;
    }
    if (count > 0 || !(state & kWaiting)) {
      if (state_.compare_exchange_weak(state, with_counter(state, count),
                                       std::memory_order_acq_rel)) {
        return;
      }
      continue;
    }
    // The last one, and somebody waits.
    if (!state_.compare_exchange_weak(state, state | kQueue,
                                      std::memory_order_acq_rel)) {
      continue;
    }
    internal::WaitQueue woken = std::exchange(waiters_, {});
    state_.store(0, std::memory_order_release);
    internal::ready_queue(woken);
    return;
  }
}

void wait_group::wait() {
  internal::preemption_point();
  internal::Goroutine* self = nullptr;
  Waiter waiter;
  unsigned round = 0;
  std::uint64_t state = state_.load(std::memory_order_acquire);
  for (;;) {
    if (counter(state) == 0) break;
    if (state & kQueue) {
      internal::spin_wait(round);
      state = state_.load(std::memory_order_acquire);
      continue;
    }
    if (!state_.compare_exchange_weak(state, state | kQueue,
                                      std::memory_order_acq_rel)) {
      continue;
    }
    self = internal::this_goroutine();
    if (internal::listening()) [[unlikely]] {
      seam::Event event{seam::EventKind::kWgWaitBegin};
      event.goroutine = self->id;
      event.object = internal::object_id(this);
      event.flags = (state & kWaiting) ? 0 : seam::kFirstWaiter;
      internal::tell(event);
    }
    waiter.goroutine = self;
    push_back(waiters_, &waiter);
    internal::begin_wait(self, internal::WaitReason::kWaitGroupWait, this);
    // kQueue is ours, and nobody else changes the word under it.
    state_.store(state | kWaiting, std::memory_order_release);
    internal::park(self);
    break;
  }
  if (internal::listening()) [[unlikely]] {
    internal::tell(seam::EventKind::kWgWait, internal::this_goroutine(), this);
  }
}

}  // namespace csp
