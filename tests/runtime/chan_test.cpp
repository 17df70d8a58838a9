#include <algorithm>
#include <memory>
#include <ranges>
#include <string>
#include <unordered_set>
#include <vector>

#include "tests/runtime/runtime_test.h"

namespace csp_test {
namespace {

class ChanTest : public RuntimeTest {};

TEST_F(ChanTest, UnbufferedHandsOverInOrder) {
  auto c = make_chan<int>();
  go([c] {
    for (int i = 0; i < 100; ++i) c.send(i);
    c.close();
  });
  std::vector<int> received;
  for (int v : c) received.push_back(v);
  ASSERT_EQ(received.size(), 100u);
  EXPECT_TRUE(std::ranges::is_sorted(received));
}

TEST_F(ChanTest, BufferedSendBlocksOnlyWhenFull) {
  auto c = make_chan<int>(2);
  c << 1 << 2;
  EXPECT_EQ(c.len(), 2u);
  EXPECT_EQ(c.cap(), 2u);
  std::atomic<bool> sent{false};
  go([&] {
    c.send(3);
    sent = true;
  });
  yield();
  EXPECT_FALSE(sent);
  EXPECT_EQ(c.recv(), 1);
  run_until([&] { return sent.load(); });
  EXPECT_EQ(c.recv(), 2);
  EXPECT_EQ(c.recv(), 3);
  EXPECT_EQ(c.len(), 0u);
}

TEST_F(ChanTest, RecvOnClosedReturnsRestThenNullopt) {
  auto c = make_chan<std::string>(3);
  c << "a" << "b";
  c.close();
  EXPECT_EQ(c.recv(), "a");
  EXPECT_EQ(c.recv(), "b");
  EXPECT_EQ(c.recv(), std::nullopt);
  EXPECT_EQ(c.recv(), std::nullopt);
}

TEST_F(ChanTest, StreamOutLeavesTargetAloneWhenClosed) {
  auto c = make_chan<int>(1);
  c << 7;
  c.close();
  int out = 0;
  EXPECT_TRUE(c >> out);
  EXPECT_EQ(out, 7);
  EXPECT_FALSE(c >> out);
  EXPECT_EQ(out, 7);
}

template <class F>
std::string error_of(F f) {
  try {
    f();
  } catch (const channel_error& error) {
    return error.what();
  }
  return "no error";
}

TEST_F(ChanTest, MisuseThrowsGosTexts) {
  auto c = make_chan<int>(1);
  c.close();
  EXPECT_EQ(error_of([&] { c.send(1); }), "send on closed channel");
  EXPECT_EQ(error_of([&] { c << 1; }), "send on closed channel");
  EXPECT_EQ(error_of([&] { c.close(); }), "close of closed channel");
  EXPECT_EQ(error_of([] { chan<int>().close(); }), "close of nil channel");
}

TEST_F(ChanTest, CloseWakesBlockedReceiversAndSenders) {
  auto empty = make_chan<int>();
  auto full = make_chan<int>(1);
  full << 0;
  std::atomic<int> ended{0};
  std::atomic<int> failed{0};
  for (int i = 0; i < 10; ++i) {
    go([&] {
      EXPECT_EQ(empty.recv(), std::nullopt);
      ++ended;
    });
    go([&] {
      try {
        full.send(1);
      } catch (const channel_error&) {
        ++failed;
      }
    });
  }
  run_until_waiting(10, "chan receive");
  run_until_waiting(10, "chan send");
  empty.close();
  full.close();
  run_until([&] { return ended == 10 && failed == 10; });
  EXPECT_EQ(full.recv(), 0);
  EXPECT_EQ(full.recv(), std::nullopt);
}

TEST_F(ChanTest, ReceiversAreServedFirstComeFirstServed) {
  auto c = make_chan<int>();
  auto order = make_chan<int>(3);
  for (int i = 0; i < 3; ++i) {
    go([&, i] {
      c.recv();
      order.send(i);
    });
    // The next one starts only when this one waits.
    run_until_waiting(i + 1, "chan receive");
  }
  for (int i = 0; i < 3; ++i) {
    c.send(0);
    EXPECT_EQ(order.recv(), i);
  }
}

TEST_F(ChanTest, MoveOnlyElements) {
  auto c = make_chan<std::unique_ptr<int>>(1);
  c.send(std::make_unique<int>(5));
  auto received = c.recv();
  ASSERT_TRUE(received);
  EXPECT_EQ(**received, 5);
  go([c] { c.send(std::make_unique<int>(6)); });
  std::unique_ptr<int> out;
  EXPECT_TRUE(c >> out);
  EXPECT_EQ(*out, 6);
}

TEST_F(ChanTest, ThrowingMoveLeavesTheChannelWhole) {
  auto c = make_chan<ThrowingMove>(2);
  c.send(ThrowingMove(1));
  EXPECT_THROW(c.send(ThrowingMove(-1)), std::runtime_error);
  EXPECT_EQ(c.len(), 1u);
  EXPECT_EQ(c.recv()->value, 1);
}

TEST_F(ChanTest, EveryElementIsDestroyedOnce) {
  {
    auto c = make_chan<Counted>(4);
    c << Counted(1) << Counted(2) << Counted(3);
    EXPECT_EQ(c.recv()->value, 1);
    go([c] { c.send(Counted(9)); });
    run_until([&] { return c.len() == 3; });
  }  // what is left in the buffer goes with the last handle
  run_until([] { return num_goroutine() == 1; });
  EXPECT_EQ(Counted::alive, 0);
}

TEST_F(ChanTest, SendThatThrowsDestroysItsValueOnce) {
  auto c = make_chan<Counted>();
  c.close();
  EXPECT_THROW(c.send(Counted(1)), channel_error);
  EXPECT_EQ(Counted::alive, 0);
}

TEST_F(ChanTest, EmptyElementsAreCounted) {
  auto c = make_chan<unit>(1'000'000);
  for (int i = 0; i < 10; ++i) c << unit{};
  EXPECT_EQ(c.len(), 10u);
  EXPECT_TRUE(c.recv());
  EXPECT_EQ(c.len(), 9u);
}

TEST_F(ChanTest, AbsurdCapacityIsALengthError) {
  EXPECT_THROW(make_chan<int>(SIZE_MAX), std::length_error);
  EXPECT_THROW(make_chan<int>(SIZE_MAX / sizeof(int) - 1), std::length_error);
}

TEST_F(ChanTest, HandlesNameTheSameChannel) {
  auto c = make_chan<int>(1);
  send_chan<int> in = c;
  recv_chan<int> out = c;
  EXPECT_TRUE(in == c);
  EXPECT_TRUE(out == recv_chan<int>(c));
  EXPECT_TRUE(c != make_chan<int>(1));
  EXPECT_FALSE(chan<int>());
  EXPECT_TRUE(static_cast<bool>(c));
  in << 4;
  EXPECT_EQ(out.len(), 1u);
  EXPECT_EQ(out.recv(), 4);
  std::unordered_set<chan<int>> set{c};
  EXPECT_TRUE(set.contains(c));
  EXPECT_EQ(std::hash<send_chan<int>>()(in), std::hash<recv_chan<int>>()(out));
}

TEST_F(ChanTest, NilHasNeitherLengthNorCapacity) {
  chan<int> nil;
  EXPECT_EQ(nil.len(), 0u);
  EXPECT_EQ(nil.cap(), 0u);
}

TEST_F(ChanTest, TakeReceivesNoMoreThanItTakes) {
  auto c = make_chan<int>(5);
  c << 1 << 2 << 3 << 4 << 5;
  std::vector<int> taken;
  for (int v : c | std::views::take(2)) taken.push_back(v);
  EXPECT_EQ(taken, (std::vector<int>{1, 2}));
  EXPECT_EQ(c.len(), 3u);
}

TEST_F(ChanTest, RangeComposesAndGivesRvalues) {
  static_assert(std::ranges::input_range<chan<std::unique_ptr<int>>>);
  auto c = make_chan<std::unique_ptr<int>>(2);
  c << std::make_unique<int>(1) << std::make_unique<int>(2);
  c.close();
  int sum = 0;
  for (auto&& p : c) {
    static_assert(std::is_same_v<decltype(p), std::unique_ptr<int>&&>);
    sum += *p;
  }
  EXPECT_EQ(sum, 3);
}

TEST_F(ChanTest, ManyProducersAndConsumersLoseNothing) {
  for (const std::size_t capacity : {0u, 1u, 7u, 128u}) {
    auto c = make_chan<int>(capacity);
    std::atomic<long> sum{0};
    std::atomic<int> count{0};
    wait_group producers;
    wait_group consumers;
    for (int p = 0; p < 8; ++p) {
      producers.go([&] {
        for (int i = 1; i <= 500; ++i) c.send(i);
      });
      consumers.go([&] {
        for (int v : c) {
          sum += v;
          ++count;
        }
      });
    }
    producers.wait();
    c.close();
    consumers.wait();
    EXPECT_EQ(count, 8 * 500);
    EXPECT_EQ(sum, 8L * 500 * 501 / 2);
  }
}

TEST_F(ChanTest, ChannelOfChannels) {
  auto requests = make_chan<chan<int>>();
  go([requests] {
    for (auto reply : requests) reply.send(42);
  });
  auto reply = make_chan<int>();
  requests << reply;
  EXPECT_EQ(reply.recv(), 42);
  requests.close();
}

}  // namespace
}  // namespace csp_test
