// A lock of four bytes for sections of a few instructions.
//
// It never sleeps in the kernel's queue and never allocates, so it can be
// taken inside malloc, at any moment of a program's start and on any stack. The
// sole thread (sole_thread.h) takes it without an atomic operation: then
// nobody else looks at it before the section ends.
#pragma once

#include <sched.h>

#include <atomic>
#include <cstdint>

#include "detector/src/race/sole_thread.h"

namespace chansan::race {

class SpinLock {
 public:
  [[gnu::always_inline]] void lock() {
    SoleSection::enter();
    if (SoleSection::is_alone()) [[likely]] {
      return;
    }
    lock_in_company();
  }
  void unlock() {
    taken_.store(0, std::memory_order_release);
    SoleSection::leave();
  }

 private:
  static constexpr int kSpinsBeforeYield = 64;

  void lock_in_company() {
    for (int spins = 0; taken_.exchange(1, std::memory_order_acquire) != 0;) {
      while (taken_.load(std::memory_order_relaxed) != 0) {
        // The holder may have lost its processor: give ours to it.
        if (++spins % kSpinsBeforeYield == 0) sched_yield();
      }
    }
  }

  std::atomic<std::uint32_t> taken_{0};  // 0 free, 1 taken
};

}  // namespace chansan::race
