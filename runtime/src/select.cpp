// Choosing among channel operations.
//
// First a look without locks finds the cases that may be able to run, and
// they are tried in a random order, one lock at a time: the first that can
// run, runs. Only if none can are all channels locked, in the order of their
// addresses, and looked at once more; then the goroutine waits in all of
// their queues at once, and whoever completes a case claims the select
// (SelectWait).
#include "csp/select.h"

#include <algorithm>
#include <array>
#include <memory>
#include <stdexcept>
#include <type_traits>
#include <utility>
#include <vector>

#include "runtime/src/block_forever.h"
#include "runtime/src/chan_core.h"
#include "runtime/src/chooser.h"
#include "runtime/src/listener.h"
#include "runtime/src/scheduler.h"

namespace csp::internal {

namespace {

constexpr std::size_t kSmall = 16;  // cases without an allocation

/// An array of `count` values, on the stack if they are few. Only the values
/// that are there cost anything, since a select of two is the common one.
template <class T>
class SmallArray {
  static_assert(std::is_trivially_destructible_v<T>);

 public:
  explicit SmallArray(std::size_t count) : count_(count) {
    if (count > kSmall) {
      large_ = std::make_unique<T[]>(count);
      first_ = large_.get();
    } else {
      first_ = reinterpret_cast<T*>(small_.data());
      std::uninitialized_default_construct_n(first_, count);
    }
  }
  SmallArray(const SmallArray&) = delete;
  SmallArray& operator=(const SmallArray&) = delete;
  T* begin() { return first_; }
  T& operator[](std::size_t index) { return first_[index]; }
  std::size_t size() const { return count_; }

 private:
  std::size_t count_;
  T* first_;
  alignas(T) std::array<std::byte, kSmall * sizeof(T)> small_;
  std::unique_ptr<T[]> large_;
};

ChanCore::Outcome try_case(const CaseRecord& one,
                           Goroutine* self) CSP_NO_THREAD_SAFETY_ANALYSIS {
  return one.kind == CaseKind::kSend
             ? one.core->try_send(self, one.element, Way::kSelect)
             : one.core->try_recv(self, one.element, Way::kSelect);
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

/// The cases of which something is true, in no order.
class Candidates {
 public:
  Candidates(const CaseRecord* records, std::size_t count,
             bool (*belongs)(const CaseRecord&))
      : indices_(count) {
    for (std::size_t i = 0; i < count; ++i) {
      if (belongs(records[i])) {
        indices_[left_++] = static_cast<std::uint16_t>(i);
      }
    }
  }
  bool empty() const { return left_ == 0; }
  /// Removes one, each with the same probability.
  std::size_t take() {
    const auto at = choose(Choice::kCase, static_cast<std::uint32_t>(left_));
    const std::size_t taken = indices_[at];
    indices_[at] = indices_[--left_];
    return taken;
  }
  /// Removes one, whichever.
  std::size_t take_any() { return indices_[--left_]; }

 private:
  SmallArray<std::uint16_t> indices_;
  std::size_t left_ = 0;
};

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

bool has_channel(const CaseRecord& one) { return one.core != nullptr; }

/// The channels are locked and no case can run: waits in all queues. Of two
/// cases of one channel the first in the queue runs, so that the order is
/// random if there are such.
Chosen wait_for_any(CaseRecord* records, std::size_t count,
                    std::size_t channels, AllLocks& locks,
                    Goroutine* self) CSP_NO_THREAD_SAFETY_ANALYSIS {
  SelectWait select;
  SmallArray<Waiter> waiters(count);
  const CaseRecord* only = nullptr;
  const bool repeated = locks.size() < channels;
  for (Candidates all(records, count, &has_channel); !all.empty();) {
    const std::size_t i = repeated ? all.take() : all.take_any();
    const CaseRecord& one = records[i];
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
  preemption_point();
  Goroutine* self = this_goroutine();
  for (Candidates ready(records, count, &may_run); !ready.empty();) {
    const std::size_t index = ready.take();
    const CaseRecord& one = records[index];
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
  for (Candidates ready(records, count, &may_run); !ready.empty();) {
    const std::size_t index = ready.take();
    const ChanCore::Outcome outcome = try_case(records[index], self);
    if (outcome.result == ChanCore::Try::kBlocked) continue;
    locks.unlock();
    return complete(records[index], index, outcome, self);
  }
  if (defaults > 0) {
    locks.unlock();
    return {-1, false};
  }
  return wait_for_any(records, count, channels, locks, self);
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
