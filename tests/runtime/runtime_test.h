// What the runtime's tests share: each ends with main alone alive.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <sstream>
#include <string>

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

/// How many goroutines wait for this reason now.
inline int waiting(const std::string& reason) {
  std::ostringstream dump;
  dump_goroutines(dump);
  const std::string text = dump.str();
  const std::string needle = " [" + reason + "]:";
  int count = 0;
  for (auto at = text.find(needle); at != text.npos;
       at = text.find(needle, at + 1)) {
    ++count;
  }
  return count;
}

/// Lets others run until that many wait.
inline void run_until_waiting(int count, const std::string& reason) {
  run_until([&] { return waiting(reason) == count; });
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
