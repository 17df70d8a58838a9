// What the runtime's tests share: each ends with main alone alive.
#pragma once

#include <gtest/gtest.h>

#include <chrono>

#include "csp/csp.h"

namespace csp_test {

using namespace csp;  // the subject
using namespace std::chrono_literals;

class RuntimeTest : public ::testing::Test {
 protected:
  // Goroutines that were let go end at their own pace; one that is stuck
  // never does, and CTest's limit ends the test.
  void TearDown() override {
    while (num_goroutine() > 1) {
      yield();
      sleep_for(50us);
    }
  }
};

/// Lets every goroutine that can run do so until `done()`: an order without
/// a sleep.
template <class Done>
void run_until(Done done) {
  while (!done()) yield();
}

/// Counts its objects, so that tests see each destroyed once.
struct Counted {
  static inline std::atomic<int> alive{0};
  int value = 0;
  explicit Counted(int v = 0) : value(v) { ++alive; }
  Counted(const Counted& other) : value(other.value) { ++alive; }
  Counted(Counted&& other) noexcept : value(other.value) { ++alive; }
  Counted& operator=(const Counted&) = default;
  Counted& operator=(Counted&&) = default;
  ~Counted() { --alive; }
};

/// Its move may throw, so it travels in a box.
struct ThrowingMove {
  int value = 0;
  explicit ThrowingMove(int v) : value(v) {}
  ThrowingMove(ThrowingMove&& other) noexcept(false) : value(other.value) {
    if (value < 0) throw std::runtime_error("moved a negative one");
  }
};

}  // namespace csp_test
