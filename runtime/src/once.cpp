#include "csp/sync.h"
#include "runtime/src/chooser.h"
#include "runtime/src/listener.h"
#include "runtime/src/lock.h"
#include "runtime/src/scheduler.h"
#include "runtime/src/taken.h"
#include "runtime/src/wait_list.h"

namespace csp {

namespace {

using internal::Waiter;

// The word: one of these; kBusy while the others change.
constexpr std::uint32_t kFresh = 0;
constexpr std::uint32_t kRunning = 1;
constexpr std::uint32_t kDone = 2;
constexpr std::uint32_t kBusy = 4;

std::uint32_t lock_word(std::atomic<std::uint32_t>& word) {
  unsigned round = 0;
  for (;;) {
    std::uint32_t state = word.load(std::memory_order_acquire);
    if (state == kDone) return state;
    if (state != kBusy &&
        word.compare_exchange_weak(state, kBusy, std::memory_order_acquire)) {
      return state;
    }
    internal::spin_wait(round);
  }
}

void tell_once(seam::EventKind kind, const once* object) {
  if (internal::listening()) [[unlikely]] {
    internal::tell(kind, internal::this_goroutine(), object);
  }
}

}  // namespace

once::~once() { tell_once(seam::EventKind::kLockFree, this); }

bool once::begin() {
  internal::preemption_point();
  if (state_.load(std::memory_order_acquire) != kDone) {
    const std::uint32_t state = lock_word(state_);
    if (state == kFresh) {
      internal::note_taken(taken_, __builtin_return_address(0));
      state_.store(kRunning, std::memory_order_release);
      return true;
    }
    if (state == kRunning) {
      Waiter waiter;
      internal::Goroutine* self = internal::this_goroutine();
      waiter.goroutine = self;
      push_back(waiters_, &waiter);
      internal::begin_wait(self, internal::WaitReason::kOnce, this);
      state_.store(kRunning, std::memory_order_release);
      internal::park(self);
    }
  }
  tell_once(seam::EventKind::kOnceReturn, this);
  return false;
}

void once::end() {
  tell_once(seam::EventKind::kOnceDone, this);
  lock_word(state_);
  internal::WaitQueue woken = std::exchange(waiters_, {});
  state_.store(kDone, std::memory_order_release);
  internal::ready_queue(woken);
}

}  // namespace csp
