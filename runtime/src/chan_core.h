// The untyped half of chan<T>: who sleeps, who wakes, and in what order.
//
// Invariants while lock_ is free (check_invariants() asserts them):
//   1. senders_ or receivers_ is empty, save for a select that waits on both.
//   2. count_ > 0  =>  receivers_ has nobody who can still be served.
//   3. count_ < capacity_  =>  the same of senders_.
//   4. closed_  =>  both are empty, now and ever after.
// Lock order: kChan, several in the order of their addresses. Nothing is
// woken under lock_; elements move under it, which their type promises not
// to throw.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "csp/internal/annotations.h"
#include "csp/internal/chan_core.h"
#include "runtime/src/lock.h"
#include "runtime/src/wait_list.h"

namespace csp::internal {

enum class IsTimer : bool { kNo, kYes };
/// The one goroutine that has done something, by half of its id. Noted by one
/// OS thread at a time; a report may look meanwhile.
class Sole {
 public:
  void note(const Goroutine* goroutine) {
    const auto half = static_cast<std::uint32_t>(goroutine->id);
    const std::uint32_t known = half_id_.load(std::memory_order_relaxed);
    if (known == half) return;
    half_id_.store(known == 0 ? half : kSeveral, std::memory_order_relaxed);
  }
  /// Zero: nobody, or several.
  std::uint32_t half_id() const {
    const std::uint32_t known = half_id_.load(std::memory_order_relaxed);
    return known == kSeveral ? 0 : known;
  }

 private:
  static constexpr std::uint32_t kSeveral = ~std::uint32_t{0};
  std::atomic<std::uint32_t> half_id_{0};
};

/// Whether an operation stands alone or is a case of a select.
enum class Way : bool { kAlone, kSelect };

class ChanCore {
 public:
  /// Throws std::length_error if the buffer cannot be had.
  static ChanCore* make(const ElementType& type, std::size_t capacity,
                        IsTimer timer, void* site);

  void retain() noexcept;
  void release() noexcept;

  void send(void* element) CSP_EXCLUDES(lock_);
  bool recv(void* to) CSP_EXCLUDES(lock_);
  void close() CSP_EXCLUDES(lock_);
  std::size_t len() const noexcept;
  std::size_t cap() const noexcept;
  bool has_one_slot() const noexcept {
    return capacity_ == 1 && timer_ == IsTimer::kNo;
  }

  /// A timer's send, dropped if the last one was not received: whom to wake.
  Goroutine* send_timer(std::int64_t now_ns, const void* timer)
      CSP_EXCLUDES(lock_);
  /// Takes back what a timer has sent. Returns whether there was something.
  bool drain_timer() CSP_EXCLUDES(lock_);
  bool has_receiver() CSP_EXCLUDES(lock_);

  // For select, which holds several locks at a time.
  enum class Try : std::uint8_t { kBlocked, kDone, kClosed };
  struct Outcome {
    Try result = Try::kBlocked;
    Goroutine* wake = nullptr;  // to be made ready after unlock
  };
  void lock() CSP_ACQUIRE(lock_) { lock_.lock(); }
  void unlock() CSP_RELEASE(lock_) { lock_.unlock(); }
  /// Whether the operation may be possible: a look without the lock.
  bool may_send() const noexcept;
  bool may_recv() const noexcept;
  Outcome try_send(Goroutine* self, void* element, Way way) CSP_REQUIRES(lock_);
  Outcome try_recv(Goroutine* self, void* to, Way way) CSP_REQUIRES(lock_);
  void enqueue_sender(Waiter* waiter) CSP_REQUIRES(lock_);
  void enqueue_receiver(Waiter* waiter) CSP_REQUIRES(lock_);
  void dequeue_sender(Waiter* waiter) CSP_REQUIRES(lock_);
  void dequeue_receiver(Waiter* waiter) CSP_REQUIRES(lock_);

 private:
  friend struct DebugLayoutAccess;
  friend struct Inspector;

  ChanCore(const ElementType& type, std::size_t capacity, IsTimer timer,
           std::byte* buffer, void* site);
  ~ChanCore();

  std::byte* slot(std::size_t index) const {
    return buffer_ + index * type_.size;
  }
  std::size_t next(std::size_t index) const {
    return index + 1 == capacity_ ? 0 : index + 1;
  }
  void move_element(void* to, void* from) const;
  Waiter* pop_sender() CSP_REQUIRES(lock_);
  Waiter* pop_receiver() CSP_REQUIRES(lock_);
  void note_meeting(const Goroutine* sender, const Goroutine* receiver)
      CSP_REQUIRES(lock_);
  void check_invariants() const CSP_REQUIRES(lock_);

  // Constant after construction.
  const ElementType type_;
  const std::size_t capacity_;  // slots in the ring
  const IsTimer timer_;
  std::byte* const buffer_;
  void* const site_;  // who made it; null: not known

  std::atomic<std::uint32_t> references_{1};

  mutable RankedLock<LockRank::kChan> lock_;
  // Written under lock_, looked at without it by len() and may_*().
  std::atomic<std::size_t> count_{0};  // slots in use
  std::atomic<bool> closed_{false};    // true is final
  std::atomic<bool> senders_wait_{false};
  std::atomic<bool> receivers_wait_{false};
  std::size_t head_ CSP_GUARDED_BY(lock_) = 0;  // oldest element
  std::size_t tail_ CSP_GUARDED_BY(lock_) = 0;  // next free slot
  WaitQueue senders_ CSP_GUARDED_BY(lock_);
  WaitQueue receivers_ CSP_GUARDED_BY(lock_);
  // Of values that were handed over with one side waiting: for reports, at no
  // cost where nobody parks.
  Sole sender_ CSP_GUARDED_BY(lock_);
  Sole receiver_ CSP_GUARDED_BY(lock_);
};

}  // namespace csp::internal
