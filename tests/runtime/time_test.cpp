#include <algorithm>
#include <vector>

#include "tests/runtime/runtime_test.h"

namespace csp_test {
namespace {

using Clock = std::chrono::steady_clock;

class TimeTest : public RuntimeTest {};

TEST_F(TimeTest, SleepLastsAtLeastAsLong) {
  const auto begin = Clock::now();
  sleep_for(2ms);
  EXPECT_GE(Clock::now() - begin, 2ms);
  sleep_for(-1s);
  sleep_until(Clock::now() + 1ms);
  sleep_until(std::chrono::system_clock::now() - 1h);
}

TEST_F(TimeTest, SleepersWakeInTheOrderOfTheirTimes) {
  gomaxprocs(1);
  auto step = 2ms;
  for (bool all_in_time = false; !all_in_time; step *= 2) {
    auto order = make_chan<int>(3);
    const auto begin = Clock::now();
    for (const int place : {3, 1, 2}) {
      go([=] {
        sleep_until(begin + step * place);
        order << place;
      });
    }
    run_until([&] { return waiting("sleep") + order.len() == 3; });
    // Whoever comes too late to sleep is no sleeper: once more, and slower.
    all_in_time = order.len() == 0 && Clock::now() < begin + step;
    for (int i = 1; i <= 3; ++i) {
      const int place = *order.recv();
      if (all_in_time) {
        EXPECT_EQ(place, i);
      }
    }
  }
}

TEST_F(TimeTest, AfterDeliversOnce) {
  const auto begin = Clock::now();
  auto c = after(1ms);
  const auto when = c.recv();
  ASSERT_TRUE(when);
  EXPECT_GE(*when - begin, 1ms);
  EXPECT_EQ(select(recv_case(c), default_case()), -1);
}

TEST_F(TimeTest, TimeoutInSelect) {
  auto never = make_chan<int>();
  EXPECT_EQ(select(recv_case(never), recv_case(after(1ms))), 1);
}

TEST_F(TimeTest, StoppedTimerNeverFires) {
  timer t(1ms);
  EXPECT_TRUE(t.stop());  // also if it has fired: nobody has received
  EXPECT_FALSE(t.stop());
  sleep_for(3ms);
  EXPECT_EQ(select(recv_case(t.channel()), default_case()), -1);
}

TEST_F(TimeTest, NothingStaleAfterStopOrReset) {
  timer t(1ms);
  sleep_for(3ms);  // it has fired, but nobody has received
  EXPECT_EQ(t.channel().len(), 0u);
  EXPECT_EQ(t.channel().cap(), 0u);
  EXPECT_TRUE(t.stop());
  EXPECT_EQ(select(recv_case(t.channel()), default_case()), -1);
  EXPECT_FALSE(t.reset(1ms));
  EXPECT_TRUE(t.channel().recv());
  EXPECT_FALSE(t.reset(1h));
  EXPECT_TRUE(t.reset(1ms));
  EXPECT_TRUE(t.channel().recv());
}

TEST_F(TimeTest, AfterFuncRunsInItsOwnGoroutine) {
  auto id = make_chan<std::uint64_t>();
  timer t = after_func(1ms, [=] { id << goroutine_id(); });
  EXPECT_FALSE(t.channel());
  EXPECT_NE(*id.recv(), 1u);
  EXPECT_FALSE(t.stop());
  t.reset(1ms);
  EXPECT_TRUE(id.recv());
}

TEST_F(TimeTest, AfterFuncRunsUnlessItWasStopped) {
  // A machine without a free CPU may come too late to stop it: then it runs.
  std::atomic<int> runs{0};
  int late = 0;
  for (int i = 0; i < 5; ++i) {
    timer t = after_func(5ms, [&] { ++runs; });
    if (!t.stop()) ++late;
  }
  sleep_for(10ms);
  run_until([&] { return num_goroutine() == 1; });
  EXPECT_EQ(runs, late);
}

TEST_F(TimeTest, DestroyedTimersDoNotKeepTheProgramAlive) {
  std::atomic<int> runs{0};
  {
    timer t = after_func(1h, [&] { ++runs; });
  }
  {
    timer t(1h);
  }
  {
    ticker t(1h);
  }
  EXPECT_EQ(runs, 0);
}

TEST_F(TimeTest, TickerTicksAndStops) {
  ticker t(500us);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(t.channel().recv());
  t.stop();
  EXPECT_EQ(select(recv_case(t.channel()), default_case()), -1);
  t.reset(500us);
  EXPECT_TRUE(t.channel().recv());
  EXPECT_THROW(ticker(0ms), std::invalid_argument);
  EXPECT_THROW(t.reset(-1ms), std::invalid_argument);
}

TEST_F(TimeTest, ManySleepers) {
  constexpr int kMany = 10'000;
  std::atomic<int> awake{0};
  wait_group all;
  for (int i = 0; i < kMany; ++i) {
    all.go([&, i] {
      sleep_for(std::chrono::microseconds(i % 3000));
      ++awake;
    });
  }
  all.wait();
  EXPECT_EQ(awake, kMany);
}

TEST_F(TimeTest, TimersServeABusyProgram) {
  // Two goroutines that hand off to each other for ever starve no timer.
  gomaxprocs(1);
  auto ping = make_chan<int>();
  std::atomic<bool> stop{false};
  wait_group all;
  all.go([&] {
    while (!stop) ping << 0;
    ping.close();
  });
  all.go([&] {
    for ([[maybe_unused]] int v : ping) {
    }
  });
  sleep_for(2ms);
  stop = true;
  all.wait();
}

}  // namespace
}  // namespace csp_test
