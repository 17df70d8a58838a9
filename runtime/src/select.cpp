// Choosing among channel operations.
//
// First the cases are visited in a random order, one lock at a time, after a
// look without the lock: the first that can run, runs. A uniformly random
// order chooses uniformly among the ready ones. Only if none can run are all
// channels locked, in the order of their addresses, and looked at once more;
// then the goroutine waits in all of their queues at once, and whoever
// completes a case claims the select (SelectWait).
#include "csp/select.h"

#include <algorithm>
#include <array>
#include <memory>
#include <numeric>
#include <stdexcept>
#include <utility>
#include <vector>

#include "runtime/src/block_forever.h"
#include "runtime/src/chan_core.h"
#include "runtime/src/listener.h"
#include "runtime/src/random.h"
#include "runtime/src/scheduler.h"

namespace csp::internal {

namespace {

constexpr std::size_t kSmall = 16;  // cases without an allocation

/// An array of `count` values, on the stack if they are few.
template <class T>
class SmallArray {
 public:
  explicit SmallArray(std::size_t count) : count_(count) {
    if (count > kSmall) large_ = std::make_unique<T[]>(count);
  }
  T* begin() { return large_ ? large_.get() : small_.data(); }
  T* end() { return begin() + count_; }
  T& operator[](std::size_t index) { return begin()[index]; }
  std::size_t size() const { return count_; }

 private:
  std::size_t count_;
  std::array<T, kSmall> small_;
  std::unique_ptr<T[]> large_;
};

using Order = SmallArray<std::uint16_t>;

void shuffle(Order& order) {
  std::uint64_t& random = random_state();
  std::iota(order.begin(), order.end(), std::uint16_t{0});
  for (std::size_t left = order.size(); left > 1; --left) {
    const auto pick = random_below(random, static_cast<std::uint32_t>(left));
    std::swap(order[left - 1], order[pick]);
  }
}

ChanCore::Outcome try_case(const CaseRecord& one,
                           Goroutine* self) CSP_NO_THREAD_SAFETY_ANALYSIS {
  return one.kind == CaseKind::kSend ? one.core->try_send(self, one.element)
                                     : one.core->try_recv(self, one.element);
}

[[noreturn]] void throw_closed() {
  throw channel_error("send on closed channel");
}

/// What follows a case that ran, after its locks are free.
Chosen complete(const CaseRecord& one, std::size_t index,
                const ChanCore::Outcome& outcome, Goroutine* self) {
  if (outcome.wake) ready(outcome.wake);
  if (one.kind == CaseKind::kRecv) {
    return {static_cast<int>(index), outcome.result == ChanCore::Try::kDone};
  }
  if (listening()) [[unlikely]] {
    tell(seam::EventKind::kChanSendBegin, self, one.core);
  }
  if (outcome.result == ChanCore::Try::kClosed) throw_closed();
  return {static_cast<int>(index), false};
}

bool may_run(const CaseRecord& one) {
  if (!one.core) return false;
  return one.kind == CaseKind::kSend ? one.core->may_send()
                                     : one.core->may_recv();
}

/// Every channel of the cases, once, in the order of their addresses.
class AllLocks {
 public:
  AllLocks(const CaseRecord* records, std::size_t count) : cores_(count) {
    for (std::size_t i = 0; i < count; ++i) {
      if (records[i].core) cores_[used_++] = records[i].core;
    }
    std::sort(cores_.begin(), cores_.begin() + used_);
    used_ = static_cast<std::size_t>(
        std::unique(cores_.begin(), cores_.begin() + used_) - cores_.begin());
  }
  void lock() CSP_NO_THREAD_SAFETY_ANALYSIS {
    for (std::size_t i = 0; i < used_; ++i) cores_[i]->lock();
  }
  void unlock() CSP_NO_THREAD_SAFETY_ANALYSIS {
    for (std::size_t i = used_; i > 0; --i) cores_[i - 1]->unlock();
  }
  std::size_t size() const { return used_; }

 private:
  SmallArray<ChanCore*> cores_;
  std::size_t used_ = 0;
};

/// The channels are locked and no case can run: waits in all queues. The order
/// is random, since of two cases of one channel the first in the queue runs.
Chosen wait_for_any(CaseRecord* records, Order& order, AllLocks& locks,
                    Goroutine* self) CSP_NO_THREAD_SAFETY_ANALYSIS {
  const std::size_t count = order.size();
  SelectWait select;
  SmallArray<Waiter> waiters(count);
  const CaseRecord* only = nullptr;
  std::size_t channels = 0;
  for (const std::uint16_t i : order) {
    const CaseRecord& one = records[i];
    if (!one.core) continue;
    ++channels;
    only = &one;
    Waiter& waiter = waiters[i];
    waiter.goroutine = self;
    waiter.element = one.element;
    waiter.select = &select;
    waiter.case_index = static_cast<int>(i);
    if (one.kind == CaseKind::kSend) {
      one.core->enqueue_sender(&waiter);
    } else {
      one.core->enqueue_receiver(&waiter);
    }
  }
  // One channel case waits as the plain operation does.
  WaitReason reason = WaitReason::kSelect;
  if (channels == 1 && count == 1) {
    reason = only->kind == CaseKind::kSend ? WaitReason::kChanSend
                                           : WaitReason::kChanRecv;
  }
  self->cases = records;
  self->case_count = count;
  begin_wait(self, reason, channels == 1 ? only->core : nullptr);
  locks.unlock();
  park(self);

  const auto winner =
      static_cast<std::size_t>(select.winner.load(std::memory_order_acquire));
  for (std::size_t i = 0; i < count; ++i) {
    const CaseRecord& one = records[i];
    if (!one.core || i == winner) continue;
    one.core->lock();
    if (one.kind == CaseKind::kSend) {
      one.core->dequeue_sender(&waiters[i]);
    } else {
      one.core->dequeue_receiver(&waiters[i]);
    }
    one.core->unlock();
  }
  const CaseRecord& won = records[winner];
  const bool success = waiters[winner].success;
  if (won.kind == CaseKind::kRecv && !success && listening()) [[unlikely]] {
    tell(seam::EventKind::kChanRecvClosed, self, won.core);
  }
  ChanCore::Outcome outcome{success ? ChanCore::Try::kDone
                                    : ChanCore::Try::kClosed};
  return complete(won, winner, outcome, self);
}

/// Of a select without a case that can ever be ready.
WaitReason reason_of_nothing(const CaseRecord* records, std::size_t count) {
  if (count == 0) return WaitReason::kSelectNoCases;
  if (count > 1) return WaitReason::kSelect;
  return records[0].kind == CaseKind::kSend ? WaitReason::kChanSendNil
                                            : WaitReason::kChanRecvNil;
}

}  // namespace

Chosen select_records(CaseRecord* records,
                      std::size_t count) CSP_NO_THREAD_SAFETY_ANALYSIS {
  if (count >= 0xffff) throw std::length_error("select: too many cases");
  std::size_t defaults = 0;
  std::size_t channels = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (records[i].kind == CaseKind::kDefault) {
      ++defaults;
    } else if (records[i].core) {
      ++channels;
    }
  }
  if (defaults > 1) {
    throw std::logic_error("select: more than one default case");
  }
  if (channels == 0) {
    if (defaults > 0) return {-1, false};
    block_forever(reason_of_nothing(records, count));
  }
  Goroutine* self = this_goroutine();
  Order order(count);
  shuffle(order);
  for (const std::uint16_t index : order) {
    const CaseRecord& one = records[index];
    if (!may_run(one)) continue;
    one.core->lock();
    const ChanCore::Outcome outcome = try_case(one, self);
    one.core->unlock();
    if (outcome.result == ChanCore::Try::kBlocked) continue;
    return complete(one, index, outcome, self);
  }
  // One channel was seen unready at one moment; several need a moment in
  // which they all are.
  if (defaults > 0 && channels == 1) return {-1, false};
  AllLocks locks(records, count);
  locks.lock();
  for (const std::uint16_t index : order) {
    const CaseRecord& one = records[index];
    if (!one.core) continue;
    const ChanCore::Outcome outcome = try_case(one, self);
    if (outcome.result == ChanCore::Try::kBlocked) continue;
    locks.unlock();
    return complete(one, index, outcome, self);
  }
  if (defaults > 0) {
    locks.unlock();
    return {-1, false};
  }
  return wait_for_any(records, order, locks, self);
}

}  // namespace csp::internal

namespace csp {

int select(std::span<select_case> cases) {
  std::vector<internal::CaseRecord> records;
  records.reserve(cases.size());
  for (select_case& one : cases) records.push_back(one.record());
  const internal::Chosen chosen =
      internal::select_records(records.data(), records.size());
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const bool ran = chosen.index < 0
                         ? records[i].kind == internal::CaseKind::kDefault
                         : static_cast<int>(i) == chosen.index;
    if (ran) cases[i].finish(chosen.received);
  }
  return chosen.index;
}

}  // namespace csp
