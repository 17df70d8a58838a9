// The goroutines that one processor will run next: a ring that its owner
// fills and empties, and that others may steal from.
//
// After Go's runq (runtime/proc.go) and Chase and Lev, "Dynamic circular
// work-stealing deque" (SPAA 2005), with a bounded ring and a single consumer
// end shared by owner and thieves.
//
// Invariants:
//   1. head_ <= tail_ <= head_ + kSlots, as differences of 32-bit counters.
//   2. Only the owner changes tail_; a slot is read before head_ passes it.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "runtime/src/goroutine.h"

namespace csp::internal {

/// The atomics are a parameter so that tests/models can explore this very code.
template <class Item, std::uint32_t Slots,
          template <class> class Atomic = std::atomic>
class BasicRunQueue {
 public:
  static constexpr std::uint32_t kSlots = Slots;

  /// Owner only. False if it is full.
  bool push(Item* item) {
    // Pairs with the compare-exchanges that consume.
    const auto head = head_.load(std::memory_order_acquire);
    const auto tail = tail_.load(std::memory_order_relaxed);
    if (tail - head >= kSlots) return false;
    slots_[tail % kSlots].store(item, std::memory_order_relaxed);
    tail_.store(tail + 1, std::memory_order_release);
    return true;
  }

  /// Owner only. Null if it is empty.
  Item* pop() {
    auto head = head_.load(std::memory_order_acquire);
    for (;;) {
      const auto tail = tail_.load(std::memory_order_relaxed);
      if (head == tail) return nullptr;
      Item* item = slots_[head % kSlots].load(std::memory_order_relaxed);
      if (head_.compare_exchange_weak(head, head + 1, std::memory_order_acq_rel,
                                      std::memory_order_acquire)) {
        return item;
      }
    }
  }

  /// Takes the older half of at most `max`, from any OS thread. Returns how
  /// many were written to `out`.
  std::uint32_t steal(Item** out, std::uint32_t max) {
    auto head = head_.load(std::memory_order_acquire);
    for (;;) {
      // Pairs with the release in push(): the slots below tail are written.
      const auto tail = tail_.load(std::memory_order_acquire);
      std::uint32_t count = tail - head;
      count -= count / 2;
      if (count == 0) return 0;
      if (count > kSlots / 2) {  // head and tail were not read together
        head = head_.load(std::memory_order_acquire);
        continue;
      }
      if (count > max) count = max;
      for (std::uint32_t i = 0; i < count; ++i) {
        out[i] = slots_[(head + i) % kSlots].load(std::memory_order_relaxed);
      }
      // A slot that was overwritten meanwhile means that head has moved, so
      // that this fails.
      if (head_.compare_exchange_weak(head, head + count,
                                      std::memory_order_acq_rel,
                                      std::memory_order_acquire)) {
        return count;
      }
    }
  }

  bool empty() const {
    return head_.load(std::memory_order_acquire) ==
           tail_.load(std::memory_order_acquire);
  }
  std::uint32_t size() const {
    return tail_.load(std::memory_order_relaxed) -
           head_.load(std::memory_order_relaxed);
  }

 private:
  alignas(64) Atomic<std::uint32_t> head_{0};  // next to be consumed
  alignas(64) Atomic<std::uint32_t> tail_{0};  // next to be filled
  std::array<Atomic<Item*>, kSlots> slots_{};
};

using RunQueue = BasicRunQueue<Goroutine, 256>;

/// A queue for code that holds a lock: linked through Goroutine::next.
class GoroutineList {
 public:
  bool empty() const { return first_ == nullptr; }
  std::size_t size() const { return size_; }
  void push_back(Goroutine* goroutine) {
    goroutine->next = nullptr;
    if (last_) {
      last_->next = goroutine;
    } else {
      first_ = goroutine;
    }
    last_ = goroutine;
    ++size_;
  }
  Goroutine* pop_front() {
    Goroutine* goroutine = first_;
    if (!goroutine) return nullptr;
    first_ = goroutine->next;
    if (!first_) last_ = nullptr;
    --size_;
    return goroutine;
  }

 private:
  Goroutine* first_ = nullptr;
  Goroutine* last_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace csp::internal
