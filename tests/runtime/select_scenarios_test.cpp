// Scenarios of Go's own tests of select, written anew: test/chan/doubleselect,
// select6, select3, and of runtime/chan_test and chanbarrier_test.
#include <array>
#include <memory>
#include <set>
#include <vector>

#include "tests/runtime/runtime_test.h"

namespace csp_test {
namespace {

class SelectScenariosTest : public RuntimeTest {};

// A sender that is listed in four channels is taken off all of them when one
// has its value, and nothing is received twice.
TEST_F(SelectScenariosTest, ASelectThatSendsToFourChannelsSendsOnce) {
  constexpr int kValues = 4000;
  std::array<chan<int>, 4> channels;
  for (auto& one : channels) one = make_chan<int>();
  auto all = make_chan<int>();
  go([=] {
    for (int i = 0; i < kValues; ++i) {
      select(send_case(channels[0], i), send_case(channels[1], i),
             send_case(channels[2], i), send_case(channels[3], i));
    }
    for (const auto& one : channels) one.close();
  });
  wait_group merging;
  for (const auto& one : channels) {
    merging.go([=] {
      for (int value : one) all << value;
    });
  }
  go([&merging, all] {
    merging.wait();
    all.close();
  });
  std::vector<int> times(kValues);
  for (int value : all) ++times[static_cast<std::size_t>(value)];
  EXPECT_EQ(times, std::vector<int>(kValues, 1));
}

TEST_F(SelectScenariosTest, AReceiverThatWonElsewhereIsNotInTheWay) {
  for (int round = 0; round < 100; ++round) {
    auto first = make_chan<int>();
    auto second = make_chan<int>();
    auto hold = make_chan<unit>();
    auto got = make_chan<int>();
    go([=] { got << *first.recv(); });
    go([=] {
      EXPECT_EQ(select(recv_case(first), recv_case(second)), 1);
      hold.recv();
    });
    go([=] {
      second << 1;
      // The select waits no longer, though it may have stood in this queue
      // before the plain receiver.
      first << 2;
    });
    EXPECT_EQ(got.recv(), 2);
    hold.close();
  }
}

TEST_F(SelectScenariosTest, AClosedChannelIsSeenBesideADefault) {
  for (int round = 0; round < 1000; ++round) {
    auto c = make_chan<int>(1);
    c << 1;
    auto finished = make_chan<bool>();
    go([=] { finished << (select(recv_case(c), default_case()) == 0); });
    c.close();
    EXPECT_EQ(finished.recv(), true);
    EXPECT_EQ(select(recv_case(c), default_case()), 0);
  }
}

// Every way to wait for ever, beside a default that runs, and every way not
// to wait, beside one that does not.
TEST_F(SelectScenariosTest, WhatIsReadyIsTheSameForEveryKindOfChannel) {
  chan<int> nil;
  auto unbuffered = make_chan<int>();
  auto empty = make_chan<int>(2);
  auto full = make_chan<int>(1);
  full << 1;
  auto closed = make_chan<int>(1);
  closed.close();
  for (const auto& one : {nil, unbuffered, empty}) {
    EXPECT_EQ(select(recv_case(one), default_case()), -1);
  }
  for (const auto& one : {nil, unbuffered, full}) {
    EXPECT_EQ(select(send_case(one, 1), default_case()), -1);
  }
  EXPECT_EQ(select(recv_case(closed), default_case()), 0);
  EXPECT_EQ(select(recv_case(full), default_case()), 0);
  EXPECT_EQ(select(send_case(empty, 1), default_case()), 0);
  EXPECT_THROW(select(send_case(closed, 1), default_case()), channel_error);
}

// Owners of memory cross sends that are plain and selected, to receivers that
// are plain and selected.
TEST_F(SelectScenariosTest, OwnersArriveWholeByEveryPath) {
  constexpr int kOuter = 8;
  constexpr int kInner = 200;
  using Owner = std::unique_ptr<std::vector<int>>;
  auto c = make_chan<Owner>();
  auto never = make_chan<Owner>();
  wait_group senders;
  for (int i = 0; i < kOuter; ++i) {
    senders.go([=] {
      for (int k = 0; k < kInner; ++k) {
        auto owner = std::make_unique<std::vector<int>>(3, k);
        if (k % 2) {
          c << std::move(owner);
        } else {
          select(send_case(c, std::move(owner)), recv_case(never));
        }
      }
    });
  }
  go([&senders, c] {
    senders.wait();
    c.close();
  });
  std::atomic<long> sum{0};
  wait_group receivers;
  for (int i = 0; i < kOuter; ++i) {
    receivers.go([=, &sum] {
      for (int k = 0;; ++k) {
        std::optional<Owner> got;
        if (k % 2) {
          got = c.recv();
        } else {
          select(recv_case(c, got), recv_case(never));
        }
        if (!got) break;
        for (int value : **got) sum += value;
      }
    });
  }
  receivers.wait();
  EXPECT_EQ(sum, 3L * kOuter * kInner * (kInner - 1) / 2);
}

TEST_F(SelectScenariosTest, OneOfTwoReadyChannelsIsAlwaysSeen) {
  for (int i = 0; i < 2000; ++i) {
    auto a = make_chan<int>(1);
    auto b = make_chan<int>(1);
    a << 1;
    std::atomic<bool> missed{false};
    wait_group one;
    one.go([&] {
      missed = select(recv_case(a), recv_case(b), default_case()) == -1;
    });
    // At every moment one of them has something.
    b << 1;
    select(recv_case(a), default_case());
    one.wait();
    ASSERT_FALSE(missed) << i;
  }
}

TEST_F(SelectScenariosTest, ASelectNeverReceivesFromItself) {
  for (const std::size_t capacity : {0, 10}) {
    auto c = make_chan<int>(capacity);
    wait_group two;
    std::atomic<int> own{0};
    for (int me = 0; me < 2; ++me) {
      two.go([&, me] {
        for (int i = 0; i < 1000; ++i) {
          std::optional<int> got;
          const int ran = me == 0
                              ? select(send_case(c, me), recv_case(c, got))
                              : 1 - select(recv_case(c, got), send_case(c, me));
          if (ran == 1 && capacity == 0 && *got == me) ++own;
        }
        // The other one may still need a partner.
        if (capacity == 0)
          select(send_case(c, me), recv_case(c), default_case());
      });
    }
    // One that is left alone at the end is served from here.
    auto done = make_chan<unit>();
    go([&, done] {
      two.wait();
      done.close();
    });
    while (select(recv_case(done), recv_case(c), default_case()) != 0) yield();
    EXPECT_EQ(own, 0);
  }
}

TEST_F(SelectScenariosTest, SendsAndSelectsOverFourChannelsLoseNothing) {
  constexpr int kEach = 2000;
  std::array<chan<int>, 4> c{make_chan<int>(0), make_chan<int>(0),
                             make_chan<int>(2), make_chan<int>(3)};
  wait_group all;
  for (auto& one : c) {
    all.go([one] {
      for (int i = 0; i < kEach; ++i) one << 0;
    });
    all.go([one] {
      for (int i = 0; i < kEach; ++i) one.recv();
    });
  }
  all.go([&] {
    std::array<int, 4> left;
    left.fill(kEach);
    auto targets = c;
    for (int i = 0; i < 4 * kEach; ++i) {
      const auto ran = static_cast<std::size_t>(
          select(send_case(targets[0], 0), send_case(targets[1], 0),
                 send_case(targets[2], 0), send_case(targets[3], 0)));
      if (--left[ran] == 0) targets[ran] = {};  // nil: switched off
    }
  });
  all.go([&] {
    std::array<int, 4> left;
    left.fill(kEach);
    auto sources = c;
    for (int i = 0; i < 4 * kEach; ++i) {
      const auto ran = static_cast<std::size_t>(
          select(recv_case(sources[0]), recv_case(sources[1]),
                 recv_case(sources[2]), recv_case(sources[3])));
      if (--left[ran] == 0) sources[ran] = {};
    }
  });
  all.wait();
  for (auto& one : c) EXPECT_EQ(one.len(), 0u);
}

TEST_F(SelectScenariosTest, BothReadyCasesGetTheirShare) {
  constexpr int kTrials = 10'000;
  auto ready_a = make_chan<int>(kTrials + 1);
  auto ready_b = make_chan<int>(kTrials + 1);
  for (int i = 0; i <= kTrials; ++i) {
    ready_a << 1;
    ready_b << 2;
  }
  auto empty = make_chan<int>();
  auto never = make_chan<int>();
  int a = 0;
  for (int i = 0; i < kTrials; ++i) {
    if (select(recv_case(never), recv_case(ready_a), recv_case(ready_b),
               recv_case(empty)) == 1) {
      ++a;
    }
  }
  // Ten standard deviations.
  EXPECT_GT(a, kTrials / 2 - 500);
  EXPECT_LT(a, kTrials / 2 + 500);
}

TEST_F(SelectScenariosTest, RandomSendsAreBothZeroAndOne) {
  for (const std::size_t capacity : {0, 10}) {
    auto c = make_chan<int>(capacity);
    wait_group one;
    std::array<int, 2> seen{};
    one.go([&] {
      for (int i = 0; i < 500; ++i) {
        ++seen[static_cast<std::size_t>(*c.recv())];
        yield();
      }
    });
    for (int i = 0; i < 500; ++i) select(send_case(c, 0), send_case(c, 1));
    one.wait();
    EXPECT_GT(seen[0], 50);
    EXPECT_GT(seen[1], 50);
  }
}

// Both ends of a hand-over may be selects at once.
TEST_F(SelectScenariosTest, TwoSelectsMeetEachValueOnce) {
  constexpr int kMany = 3000;
  std::array<chan<int>, 4> c;
  for (auto& one : c) one = make_chan<int>();
  auto done = make_chan<std::set<int>>(2);
  go([=] {
    for (int i = 0; i < kMany; ++i) {
      select(send_case(c[0], i), send_case(c[1], i), send_case(c[2], i),
             send_case(c[3], i));
    }
    for (auto& one : c) one.close();
  });
  for (int r = 0; r < 2; ++r) {
    go([=] {
      std::set<int> seen;
      for (;;) {
        std::optional<int> v;
        select(recv_case(c[0], v), recv_case(c[1], v), recv_case(c[2], v),
               recv_case(c[3], v));
        if (!v) break;
        EXPECT_TRUE(seen.insert(*v).second);
      }
      done << seen;
    });
  }
  auto first = *done.recv();
  const auto second = *done.recv();
  EXPECT_EQ(first.size() + second.size(), static_cast<std::size_t>(kMany));
  first.insert(second.begin(), second.end());
  EXPECT_EQ(first.size(), static_cast<std::size_t>(kMany));
}

TEST_F(SelectScenariosTest, ADuplicatedChannelInASelectWakesOnce) {
  auto c = make_chan<int>();
  auto d = make_chan<int>();
  auto e = make_chan<int>();
  go([=] {
    select(recv_case(c), recv_case(c), recv_case(d));
    e << 9;
  });
  run_until_waiting(1, "select");
  go([=] { c.recv(); });
  run_until_waiting(1, "chan receive");
  d << 7;  // wakes the select, which leaves both of its places in c
  EXPECT_EQ(e.recv(), 9);
  c << 8;  // wakes the plain receiver
}

TEST_F(SelectScenariosTest, ClosingWakesSelectsThatSendAndReceive) {
  for (int round = 0; round < 50; ++round) {
    auto c = make_chan<int>();
    auto other = make_chan<int>();
    std::atomic<int> threw{0};
    std::atomic<int> drained{0};
    wait_group all;
    for (int i = 0; i < 3; ++i) {
      all.go([&] {
        try {
          select(recv_case(other), send_case(c, 1));
        } catch (const channel_error& error) {
          EXPECT_STREQ(error.what(), "send on closed channel");
          ++threw;
        }
      });
      all.go([&] {
        try {
          c << 1;
        } catch (const channel_error&) {
          ++threw;
        }
      });
    }
    run_until([&] { return waiting("select") + waiting("chan send") == 6; });
    c.close();
    all.wait();
    EXPECT_EQ(threw, 6);
    // A new round of those that receive: a closed channel never blocks.
    for (int i = 0; i < 3; ++i) {
      all.go([&] {
        std::optional<int> v = 1;
        select(recv_case(other), recv_case(c, v));
        if (!v) ++drained;
      });
    }
    all.wait();
    EXPECT_EQ(drained, 3);
  }
}

TEST_F(SelectScenariosTest, ClosingWakesReceiversAndSelectsThatReceive) {
  auto c = make_chan<int>();
  auto other = make_chan<int>();
  std::atomic<int> ended{0};
  wait_group all;
  for (int i = 0; i < 4; ++i) {
    all.go([&] {
      if (!c.recv()) ++ended;
    });
    all.go([&] {
      std::optional<int> v = 1;
      if (select(recv_case(other), recv_case(c, v)) == 1 && !v) ++ended;
    });
  }
  run_until(
      [&] { return waiting("select") == 4 && waiting("chan receive") == 4; });
  c.close();
  all.wait();
  EXPECT_EQ(ended, 8);
}

TEST_F(SelectScenariosTest, ASpanSelectsAmongAThousandChannels) {
  std::vector<chan<int>> c;
  std::vector<select_case> cases;
  std::optional<int> got;
  for (int i = 0; i < 1000; ++i) {
    c.push_back(make_chan<int>());
    cases.emplace_back(recv_case(c.back(), got));
  }
  go([=] {
    for (int i = 999; i >= 0; i -= 111) c[static_cast<std::size_t>(i)] << i;
  });
  for (int i = 999; i >= 0; i -= 111) {
    EXPECT_EQ(select(std::span(cases)), i);
    EXPECT_EQ(got, i);
  }
}

}  // namespace
}  // namespace csp_test
