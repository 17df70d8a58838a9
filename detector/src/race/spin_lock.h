// A lock of four bytes for sections of a few instructions.
//
// It never sleeps in the kernel's queue and never allocates, so it can be
// taken inside malloc, at any moment of a program's start and on any stack.
#pragma once

#include <sched.h>

#include <atomic>
#include <cstdint>

namespace chansan::race {

class SpinLock {
 public:
  void lock() {
    for (int spins = 0; taken_.exchange(1, std::memory_order_acquire) != 0;) {
      while (taken_.load(std::memory_order_relaxed) != 0) {
        // The holder may have lost its processor: give ours to it.
        if (++spins % kSpinsBeforeYield == 0) sched_yield();
      }
    }
  }
  void unlock() { taken_.store(0, std::memory_order_release); }

 private:
  static constexpr int kSpinsBeforeYield = 64;
  std::atomic<std::uint32_t> taken_{0};  // 0 free, 1 taken
};

}  // namespace chansan::race
