// Who waits for an object, oldest first.
#pragma once

#include <atomic>
#include <cstdint>

#include "csp/sync.h"
#include "runtime/src/goroutine.h"

namespace csp::internal {

/// What the cases of one blocked select share: whoever completes a case
/// claims the select first.
struct SelectWait {
  static constexpr int kNobody = -1;
  std::atomic<int> winner{kNobody};
};

/// One goroutine in one queue. It lies on the stack of the blocked goroutine,
/// which stacks that never move allow; it is valid until that one is made
/// ready.
struct Waiter {
  Waiter* next = nullptr;
  Waiter* previous = nullptr;
  bool queued = false;
  Goroutine* goroutine = nullptr;
  void* element = nullptr;       // channels: where the value is or goes
  SelectWait* select = nullptr;  // null: not part of a select
  int case_index = 0;            // in its select
  bool success = false;          // set by whoever completes the operation
  bool exclusive = false;        // shared_mutex: a writer
  std::int64_t amount = 0;       // semaphore
  std::int64_t since_ns = 0;     // mutex: when it began to wait
};

inline bool empty(const WaitQueue& queue) { return queue.first == nullptr; }

inline void push_back(WaitQueue& queue, Waiter* waiter) {
  waiter->next = nullptr;
  waiter->previous = queue.last;
  waiter->queued = true;
  (queue.last ? queue.last->next : queue.first) = waiter;
  queue.last = waiter;
}

inline void push_front(WaitQueue& queue, Waiter* waiter) {
  waiter->previous = nullptr;
  waiter->next = queue.first;
  waiter->queued = true;
  (queue.first ? queue.first->previous : queue.last) = waiter;
  queue.first = waiter;
}

inline void remove(WaitQueue& queue, Waiter* waiter) {
  (waiter->previous ? waiter->previous->next : queue.first) = waiter->next;
  (waiter->next ? waiter->next->previous : queue.last) = waiter->previous;
  waiter->queued = false;
}

inline Waiter* pop_front(WaitQueue& queue) {
  Waiter* waiter = queue.first;
  if (waiter) remove(queue, waiter);
  return waiter;
}

/// The oldest; under a seed any, where nothing promises the order.
Waiter* pop_chosen(WaitQueue& queue);

/// The oldest one that can still be completed: a select may have been won by
/// another of its cases.
inline Waiter* pop_claimed(WaitQueue& queue) {
  while (Waiter* waiter = pop_front(queue)) {
    if (!waiter->select) return waiter;
    int nobody = SelectWait::kNobody;
    if (waiter->select->winner.compare_exchange_strong(
            nobody, waiter->case_index, std::memory_order_acq_rel)) {
      return waiter;
    }
  }
  return nullptr;
}

/// Wakes everybody in a queue that was taken from its object, in order.
void ready_queue(WaitQueue& taken);

}  // namespace csp::internal
