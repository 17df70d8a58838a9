// What Go's own tests of time and context try, told again as programs of this
// library.
#include <array>
#include <limits>
#include <optional>
#include <vector>

#include "tests/runtime/runtime_test.h"

namespace csp_test {
namespace {

using Clock = std::chrono::steady_clock;

class TimeScenariosTest : public RuntimeTest {};
class ContextScenariosTest : public RuntimeTest {};

TEST_F(TimeScenariosTest, AfterSendsTheTimeAtWhichItFired) {
  const auto begin = Clock::now();
  const auto fired = after(20ms).recv();
  EXPECT_GE(*fired - begin, 20ms);
  EXPECT_LE(*fired, Clock::now());
}

TEST_F(TimeScenariosTest, TimersFireInTheOrderOfTheirTimesNotOfTheirStart) {
  // With more processors, each has timers of its own.
  const int procs = gomaxprocs(1);
  struct Started {
    Clock::time_point at_least, at_most;
    timer due;
  };
  std::vector<Started> started;
  for (const auto delay : {50ms, 10ms, 40ms, 20ms, 30ms}) {
    const auto before = Clock::now();
    timer due(delay);
    started.push_back({before + delay, Clock::now() + delay, std::move(due)});
  }
  std::vector<Clock::time_point> fired;
  for (Started& one : started) fired.push_back(*one.due.channel().recv());
  for (std::size_t i = 0; i < started.size(); ++i) {
    EXPECT_GE(fired[i], started[i].at_least);
    for (std::size_t j = 0; j < started.size(); ++j) {
      // A slow machine may start one so late that it is due after the others.
      if (started[i].at_most < started[j].at_least) {
        EXPECT_LE(fired[i], fired[j]) << i << " before " << j;
      }
    }
  }
  gomaxprocs(procs);
}

TEST_F(TimeScenariosTest, ZeroAndNegativeDurationsFireAtOnce) {
  sleep_for(0ns);
  sleep_for(-1h);
  EXPECT_TRUE(after(0s).recv());
  EXPECT_TRUE(after(-5s).recv());
  timer t(std::chrono::nanoseconds::min());
  EXPECT_TRUE(t.channel().recv());
  auto ran = make_chan<unit>();
  timer f = after_func(-1ms, [=] { ran << unit{}; });
  EXPECT_TRUE(ran.recv());
}

TEST_F(TimeScenariosTest, AbsurdlyLongDurationsDoNotOverflowIntoThePast) {
  timer a(std::chrono::hours::max());
  timer b(std::chrono::nanoseconds::max());
  timer c(std::chrono::duration<double, std::ratio<31'556'952>>(1e300));
  const auto soon = after(5ms);
  EXPECT_EQ(select(recv_case(a.channel()), recv_case(b.channel()),
                   recv_case(c.channel()), recv_case(soon)),
            3);
  EXPECT_TRUE(a.stop());
  EXPECT_TRUE(b.reset(std::chrono::nanoseconds::max()));
  EXPECT_TRUE(b.stop());
}

TEST_F(TimeScenariosTest, ResetTellsWhetherTheTimerWasActive) {
  timer t(100ms);
  sleep_for(5ms);
  EXPECT_TRUE(t.reset(5ms));
  sleep_for(10ms);
  EXPECT_TRUE(t.channel().recv());
  EXPECT_FALSE(t.reset(1h));
  EXPECT_TRUE(t.stop());
  EXPECT_FALSE(t.stop());
  EXPECT_FALSE(t.reset(1ms));
  EXPECT_TRUE(t.channel().recv());
}

// Since Go 1.23: a timer's channel is as if it were unbuffered.
TEST_F(TimeScenariosTest, ATimersChannelHasNeitherLengthNorCapacity) {
  timer t(0s);
  sleep_for(5ms);
  EXPECT_EQ(t.channel().len(), 0u);
  EXPECT_EQ(t.channel().cap(), 0u);
  EXPECT_TRUE(t.channel().recv());
  ticker k(1ms);
  sleep_for(5ms);
  EXPECT_EQ(k.channel().len(), 0u);
  EXPECT_EQ(k.channel().cap(), 0u);
}

TEST_F(TimeScenariosTest, AFiredButUnreadTimerStopsAsActiveAndIsEmpty) {
  timer t(1ms);
  sleep_for(10ms);
  EXPECT_TRUE(t.stop());
  EXPECT_EQ(select(recv_case(t.channel()), default_case()), -1);
  EXPECT_FALSE(t.reset(1h));
  EXPECT_EQ(select(recv_case(t.channel()), default_case()), -1);
}

TEST_F(TimeScenariosTest, ATickerStoppedAndResetTicksAfreshOnly) {
  ticker t(1ms);
  EXPECT_TRUE(t.channel().recv());
  sleep_for(5ms);
  t.stop();
  EXPECT_EQ(select(recv_case(t.channel()), default_case()), -1);
  const auto begin = Clock::now();
  t.reset(20ms);
  EXPECT_GE(*t.channel().recv() - begin, 20ms);
  EXPECT_THROW(t.reset(0s), std::invalid_argument);
  EXPECT_THROW(ticker(-1s), std::invalid_argument);
}

TEST_F(TimeScenariosTest, ASlowReceiverMissesTicksInsteadOfGettingThemAtOnce) {
  ticker t(5ms);
  sleep_for(40ms);
  const auto begin = Clock::now();
  int at_once = 0;
  while (select(recv_case(t.channel()), default_case()) == 0) ++at_once;
  EXPECT_LE(at_once, 1 + (Clock::now() - begin + 5ms) / 5ms);
}

TEST_F(TimeScenariosTest, AFunctionTimerMayResetItself) {
  auto fired = make_chan<int>(3);
  std::optional<timer> t;
  int count = 0;
  // Fires only when `t` is there.
  t.emplace(after_func(1h, [&, fired] {
    fired << ++count;
    if (count < 3) t->reset(1ms);
  }));
  t->reset(1ms);
  for (int i = 1; i <= 3; ++i) EXPECT_EQ(fired.recv(), i);
  EXPECT_FALSE(t->stop());
}

// A timer that fires while a goroutine ends must not give its function the
// stack that is being left.
TEST_F(TimeScenariosTest, FunctionsStartWhileOtherGoroutinesEnd) {
  for (int round = 0; round < 30; ++round) {
    std::atomic<int> ended{0};
    std::vector<timer> timers;
    for (int i = 0; i < 200; ++i) {
      timers.push_back(after_func(
          std::chrono::microseconds(3 * i),
          [&ended, room = std::array<char, 512>()] { ended += 1 + room[0]; }));
    }
    wait_group all;
    for (int i = 0; i < 2000; ++i) all.go([&ended] { ++ended; });
    all.wait();
    int expected = 2000;
    for (timer& t : timers) expected += t.stop() ? 0 : 1;
    run_until([&] { return ended == expected; });
  }
}

TEST_F(TimeScenariosTest, StoppedFunctionsNeverRunAfterStopSaidSo) {
  for (int round = 0; round < 300; ++round) {
    std::atomic<int> ran{0};
    timer t = after_func(std::chrono::microseconds(round), [&] { ++ran; });
    if (round % 3 == 0) yield();
    if (t.stop()) {
      yield();
      EXPECT_EQ(ran, 0) << round;
    } else {
      run_until([&] { return ran == 1; });
    }
  }
}

// Firing, stopping and resetting at the same time from several goroutines.
TEST_F(TimeScenariosTest, TimersStoppedAndResetWhileFiringDeliverAtMostOnce) {
  for (int round = 0; round < 200; ++round) {
    timer t(std::chrono::microseconds(round % 20));
    std::atomic<int> received{0};
    auto asked = make_chan<unit>();
    wait_group all;
    all.go([&] {
      // The first question only finds it between two receives.
      for (int questions = 0; questions < 2;) {
        if (select(recv_case(t.channel()), recv_case(asked)) == 0) {
          ++received;
        } else {
          ++questions;
        }
      }
    });
    std::atomic<int> starts{1};
    wait_group others;
    for (int g = 0; g < 2; ++g) {
      others.go([&, g] {
        for (int i = 0; i < 10; ++i) {
          if (g == 0) {
            t.stop();
          } else {
            t.reset(std::chrono::microseconds(i));
            ++starts;
          }
          yield();
        }
      });
    }
    others.wait();
    t.stop();
    EXPECT_EQ(select(recv_case(t.channel()), default_case()), -1);
    asked.send({});  // what was received before the stop is counted now
    const int so_far = received;
    yield();
    asked.send({});
    EXPECT_EQ(received, so_far);  // nothing after the stop
    all.wait();
    EXPECT_LE(received, starts);
  }
}

TEST_F(TimeScenariosTest, TickersStoppedWhileTickingEnd) {
  for (int round = 0; round < 100; ++round) {
    ticker t(10us);
    auto quit = make_chan<unit>();
    wait_group one;
    one.go([&] {
      while (select(recv_case(t.channel()), recv_case(quit)) == 0) {
      }
    });
    t.reset(std::chrono::microseconds(5 + round));
    if (round % 2) yield();
    t.stop();
    quit.close();
    one.wait();
    EXPECT_EQ(select(recv_case(t.channel()), default_case()), -1);
  }
}

TEST_F(TimeScenariosTest, AnEarlierTimerIsNotHeldUpByALaterOneThatIsWaitedFor) {
  auto late = make_chan<unit>();
  go([=] { select(recv_case(after(1h)), recv_case(late)); });
  yield();
  EXPECT_TRUE(after(1ms).recv());
  late.close();
}

TEST_F(ContextScenariosTest, MessagesAndCodesAreGos) {
  EXPECT_EQ(std::error_code(context_errc::canceled).message(),
            "context canceled");
  EXPECT_EQ(std::error_code(context_errc::deadline_exceeded).message(),
            "context deadline exceeded");
  EXPECT_EQ(std::error_code(context_errc::canceled),
            std::errc::operation_canceled);
  EXPECT_EQ(std::error_code(context_errc::deadline_exceeded),
            std::errc::timed_out);
}

TEST_F(ContextScenariosTest, AChildOfACanceledParentIsCanceledAtOnce) {
  auto [parent, cancel] = with_cancel(context::background());
  cancel();
  auto [child, cancel_child] = with_cancel(parent);
  EXPECT_FALSE(child.done().recv());
  EXPECT_EQ(child.err(), context_errc::canceled);
  auto [timed, cancel_timed] = with_timeout(parent, 1h);
  EXPECT_EQ(timed.err(), context_errc::canceled);
  EXPECT_EQ(with_value(parent, "k", 1).err(), context_errc::canceled);
}

TEST_F(ContextScenariosTest, ACanceledTimeoutStaysCanceled) {
  auto limit = 10ms;
  for (bool in_time = false; !in_time; limit *= 2) {
    const auto begin = Clock::now();
    auto [c, cancel] = with_timeout(context::background(), limit);
    cancel();
    in_time = Clock::now() < begin + limit;
    if (in_time) {
      EXPECT_EQ(c.err(), context_errc::canceled);
    }
    const auto err = c.err();
    sleep_for(2 * limit);
    EXPECT_EQ(c.err(), err);
  }
}

TEST_F(ContextScenariosTest, AnExpiredTimeoutIsNotCanceledAfterwards) {
  auto [c, cancel] = with_timeout(context::background(), 1ms);
  c.done().recv();
  cancel();
  EXPECT_EQ(c.err(), context_errc::deadline_exceeded);
}

TEST_F(ContextScenariosTest, AParentsDeadlineReachesChildrenThroughValues) {
  auto [parent, cancel] = with_timeout(context::background(), 5ms);
  const context middle = with_value(parent, "name", "middle");
  auto [child, cancel_child] = with_deadline(middle, Clock::now() + 1h);
  EXPECT_EQ(child.deadline(), parent.deadline());
  child.done().recv();
  EXPECT_EQ(child.err(), context_errc::deadline_exceeded);
  EXPECT_EQ(*child.value<std::string>("name"), "middle");
}

TEST_F(ContextScenariosTest, TheNearestValueOfAKeyHidesTheOthers) {
  struct Key {
    int number;
    bool operator==(const Key&) const = default;
  };
  const context outer = with_value(context::background(), Key{1}, 10);
  const context inner = with_value(outer, Key{1}, 20);
  const context other = with_value(inner, Key{2}, 30);
  EXPECT_EQ(*other.value<int>(Key{1}), 20);
  EXPECT_EQ(*other.value<int>(Key{2}), 30);
  EXPECT_EQ(*outer.value<int>(Key{1}), 10);
  EXPECT_EQ(other.value<int>(Key{3}), nullptr);
  EXPECT_EQ(other.value<long>(Key{1}), nullptr);
}

TEST_F(ContextScenariosTest, AHundredSimultaneousCancelsReachAHundredChildren) {
  auto [root, cancel_root] = with_cancel(context::background());
  std::vector<std::pair<context, cancel_function>> children;
  for (int i = 0; i < 100; ++i) children.push_back(with_cancel(root));
  wait_group all;
  for (auto& [child, cancel] : children) {
    all.go([&child] { child.done().recv(); });
    all.go([&cancel] { cancel(); });
  }
  all.wait();
  EXPECT_EQ(root.err(), std::error_code());
  cancel_root();
}

TEST_F(ContextScenariosTest, CancelsInterlockedBetweenGoroutinesEnd) {
  auto [parent, cancel_parent] = with_cancel(context::background());
  auto [child, cancel_child] = with_cancel(parent);
  wait_group both;
  both.go([&, &parent = parent, &cancel_child = cancel_child] {
    parent.done().recv();
    cancel_child();
  });
  both.go([&, &child = child, &cancel_parent = cancel_parent] {
    cancel_parent();
    child.done().recv();
  });
  both.wait();
  EXPECT_EQ(child.err(), context_errc::canceled);
}

TEST_F(ContextScenariosTest, ErrIsSetWhenDoneIsSeenClosed) {
  for (int i = 0; i < 500; ++i) {
    auto [c, cancel] = with_cancel(context::background());
    wait_group one;
    one.go([&c = c] {
      c.done().recv();
      EXPECT_EQ(c.err(), context_errc::canceled);
    });
    cancel();
    one.wait();
  }
}

}  // namespace
}  // namespace csp_test
