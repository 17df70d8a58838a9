#include "runtime/src/timer_heap.h"

#include <atomic>
#include <thread>

#include "tests/runtime/runtime_test.h"

namespace csp_test {
namespace {

class TimerHeapTest : public RuntimeTest {};

// Whoever is about to sleep for the timers may look at any moment, and is not
// woken for a tick that was to come anyway.
TEST_F(TimerHeapTest, ATickingTickerHasADeadlineAtEveryMoment) {
  constexpr int kTicks = 20'000;
  ticker fast(1us);
  std::atomic<bool> over = false;
  std::atomic<int> without = 0;
  std::thread watcher([&] {
    while (!over.load()) {
      if (!csp::internal::timers().has_any()) ++without;
    }
  });
  for (int tick = 0; tick < kTicks; ++tick) fast.channel().recv();
  over = true;
  watcher.join();
  EXPECT_EQ(without.load(), 0);
}

}  // namespace
}  // namespace csp_test
