// What Go's own tests of channels try (runtime/chan_test.go, test/chan/), told
// again as programs of this library.
#include <array>
#include <vector>

#include "tests/runtime/runtime_test.h"

namespace csp_test {
namespace {

class ChannelScenariosTest : public RuntimeTest {};

// Every capacity keeps the same promises.
class AnyCapacityTest : public RuntimeTest,
                        public ::testing::WithParamInterface<std::size_t> {};

TEST_P(AnyCapacityTest, AReceiverOfAnEmptyChannelWaitsAndDefaultRuns) {
  auto c = make_chan<int>(GetParam());
  std::atomic<int> received{0};
  wait_group two;
  for (int i = 0; i < 2; ++i) {
    two.go([&] {
      c.recv();
      ++received;
    });
  }
  run_until_waiting(2, "chan receive");
  EXPECT_EQ(received, 0);
  EXPECT_EQ(select(recv_case(c), default_case()), -1);
  c << 0 << 0;
  two.wait();
  EXPECT_EQ(received, 2);
}

TEST_P(AnyCapacityTest, ASenderToAFullChannelWaitsAndDefaultRuns) {
  auto c = make_chan<int>(GetParam());
  for (std::size_t i = 0; i < GetParam(); ++i) c << static_cast<int>(i);
  std::atomic<bool> sent{false};
  go([&, c] {
    c << -1;
    sent = true;
  });
  run_until_waiting(1, "chan send");
  EXPECT_FALSE(sent);
  EXPECT_EQ(select(send_case(c, 0), default_case()), -1);
  EXPECT_EQ(c.len(), GetParam());
  c.recv();
  run_until([&] { return sent.load(); });
}

TEST_P(AnyCapacityTest, WhatWasSentBeforeCloseIsReceivedInOrder) {
  auto c = make_chan<int>(GetParam());
  for (std::size_t i = 0; i < GetParam(); ++i) c << static_cast<int>(i);
  c.close();
  for (std::size_t i = 0; i < GetParam(); ++i) {
    EXPECT_EQ(c.recv(), static_cast<int>(i));
  }
  EXPECT_EQ(c.recv(), std::nullopt);
  EXPECT_EQ(c.recv(), std::nullopt);
}

TEST_P(AnyCapacityTest, AHundredSendsArriveInOrder) {
  auto c = make_chan<int>(GetParam());
  go([c] {
    for (int i = 0; i < 100; ++i) c << i;
  });
  for (int i = 0; i < 100; ++i) EXPECT_EQ(c.recv(), i);
}

TEST_P(AnyCapacityTest, FourSendersAndFourReceiversShareWithoutLoss) {
  constexpr int kGoroutines = 4;
  constexpr int kEach = 1000;
  auto c = make_chan<int>(GetParam());
  auto counts = make_chan<std::vector<int>>();
  for (int p = 0; p < kGoroutines; ++p) {
    go([c] {
      for (int i = 0; i < kEach; ++i) c << i;
    });
    go([c, counts] {
      std::vector<int> seen(kEach);
      for (int i = 0; i < kEach; ++i)
        ++seen[static_cast<std::size_t>(*c.recv())];
      counts << seen;
    });
  }
  std::vector<int> total(kEach);
  for (int p = 0; p < kGoroutines; ++p) {
    const auto seen = *counts.recv();
    for (std::size_t i = 0; i < total.size(); ++i) total[i] += seen[i];
  }
  EXPECT_EQ(total, std::vector<int>(kEach, kGoroutines));
}

TEST_P(AnyCapacityTest, LengthAndCapacityAreOfTheBuffer) {
  auto c = make_chan<int>(GetParam());
  EXPECT_EQ(c.cap(), GetParam());
  EXPECT_EQ(c.len(), 0u);
  for (std::size_t i = 0; i < GetParam(); ++i) {
    c << 0;
    EXPECT_EQ(c.len(), i + 1);
  }
}

INSTANTIATE_TEST_SUITE_P(Capacities, AnyCapacityTest,
                         ::testing::Values(0, 1, 2, 7, 100));

TEST_F(ChannelScenariosTest,
       AnEmptySelectIsNeverTakenForClosedWhenAnItemIsThere) {
  for (int i = 0; i < 2000; ++i) {
    auto c = make_chan<int>(1);
    c << 1;
    std::atomic<bool> missed{false};
    wait_group one;
    one.go([&] { missed = select(recv_case(c), default_case()) == -1; });
    c.close();
    one.wait();
    ASSERT_FALSE(missed) << i;
  }
}

TEST_F(ChannelScenariosTest, ManyConsumersShareOneQueueAndPassItOn) {
  constexpr int kWorkers = 23;
  constexpr int kItems = 2000;
  constexpr std::array kPrimes{2, 3, 7, 11, 13, 17, 19, 23, 27, 31};
  auto in = make_chan<int>(kWorkers);
  auto out = make_chan<int>(kWorkers);
  wait_group workers;
  for (int w = 0; w < kWorkers; ++w) {
    workers.go([=] {
      for (int v : in) {
        if (w % 2 == 0) yield();
        out << v;
      }
    });
  }
  std::atomic<long> expected{0};
  go([&] {
    for (std::size_t i = 0; i < kItems; ++i) {
      expected += kPrimes[i % kPrimes.size()];
      in << kPrimes[i % kPrimes.size()];
    }
    in.close();
    workers.wait();
    out.close();
  });
  long sum = 0;
  int count = 0;
  for (int v : out) {
    ++count;
    sum += v;
  }
  EXPECT_EQ(count, kItems);
  EXPECT_EQ(sum, expected);
}

// test/chan/fifo.go: a chain of goroutines, each waits for the one before.
TEST_F(ChannelScenariosTest, AChainOfGoroutinesKeepsItsOrder) {
  auto ends = make_chan<int>(200);
  auto in = make_chan<int>();
  const auto first = in;
  for (int i = 0; i < 200; ++i) {
    auto out = make_chan<int>();
    go([=] {
      in.recv();
      ends << i;
      out << 1;
    });
    in = out;
  }
  first << 0;
  in.recv();
  for (int i = 0; i < 200; ++i) EXPECT_EQ(ends.recv(), i);
}

// test/chan/goroutines.go
TEST_F(ChannelScenariosTest, TenThousandGoroutinesPassOneValueOn) {
  constexpr int kMany = 10'000;
  const auto leftmost = make_chan<int>();
  auto right = leftmost;
  auto left = leftmost;
  for (int i = 0; i < kMany; ++i) {
    right = make_chan<int>();
    go([left, right] { left << *right.recv() + 1; });
    left = right;
  }
  go([right] { right << 0; });
  EXPECT_EQ(leftmost.recv(), kMany);
}

// test/chan/sieve1.go
TEST_F(ChannelScenariosTest, TheSieveFindsThePrimes) {
  auto in = make_chan<int>();
  auto stop = make_chan<unit>();
  go([=] {
    for (int i = 2; select(send_case(in, i), recv_case(stop)) == 0; ++i) {
    }
  });
  std::vector<int> primes;
  for (int n = 0; n < 25; ++n) {
    const int prime = *in.recv();
    primes.push_back(prime);
    auto out = make_chan<int>();
    go([=] {
      for (;;) {
        std::optional<int> v;
        if (select(recv_case(in, v), recv_case(stop)) == 1) return;
        if (*v % prime == 0) continue;
        if (select(send_case(out, *v), recv_case(stop)) == 1) return;
      }
    });
    in = out;
  }
  stop.close();
  EXPECT_EQ(primes.front(), 2);
  EXPECT_EQ(primes.back(), 97);
}

// test/chan/select3.go: what blocks and what does not.
TEST_F(ChannelScenariosTest, NilAndClosedChannelsBlockOrNotAsInGo) {
  const chan<int> nil;
  auto closed = make_chan<int>();
  closed.close();
  EXPECT_EQ(select(recv_case(nil), default_case()), -1);
  EXPECT_EQ(select(send_case(nil, 7), default_case()), -1);
  EXPECT_EQ(select(recv_case(closed), default_case()), 0);
  EXPECT_THROW(select(send_case(closed, 7), default_case()), channel_error);
  EXPECT_EQ(select(default_case()), -1);
  EXPECT_EQ(select(default_case(), recv_case(nil), send_case(nil, 8)), -1);
  std::atomic<int> stuck{0};
  for (int i = 0; i < 2; ++i) {
    auto c = make_chan<int>(i == 0 ? 0u : 1u);
    if (i == 1) c << 1;
    go([&, c] {
      ++stuck;
      select(send_case(c, 2), recv_case(nil));
      --stuck;
    });
    run_until([&] { return waiting("select") == 1; });
    EXPECT_EQ(stuck, 1);
    c.recv();
    if (i == 1) c.recv();
    run_until([&] { return stuck == 0; });
  }
}

// test/chan/zerosize.go and test/closedchan.go
TEST_F(ChannelScenariosTest, EventsWithoutDataCountAndClose) {
  auto c = make_chan<unit>(3);
  c << unit{} << unit{};
  EXPECT_EQ(c.len(), 2u);
  c.close();
  EXPECT_TRUE(c.recv());
  EXPECT_TRUE(c.recv());
  EXPECT_FALSE(c.recv());
  EXPECT_THROW(c.close(), channel_error);
  EXPECT_THROW(c << unit{}, channel_error);
  unit u;
  EXPECT_FALSE(c >> u);
}

// A panic of Go's is an exception here: after it the channel goes on.
TEST_F(ChannelScenariosTest, AfterAThrownMisuseTheChannelGoesOn) {
  auto c = make_chan<int>(1);
  c << 1;
  c.close();
  EXPECT_THROW(c << 2, channel_error);
  EXPECT_THROW(c.close(), channel_error);
  EXPECT_EQ(c.recv(), 1);
  EXPECT_EQ(c.recv(), std::nullopt);
}

TEST_F(ChannelScenariosTest, AChannelTravelsThroughItself) {
  struct Node;
  using Link = chan<std::shared_ptr<Node>>;
  struct Node {
    Link next;
  };
  auto c = make_chan<std::shared_ptr<Node>>(1);
  c << std::make_shared<Node>(Node{c});
  const auto got = *c.recv();
  EXPECT_TRUE(got->next == c);
}

}  // namespace
}  // namespace csp_test
