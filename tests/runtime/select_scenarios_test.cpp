// Scenarios of Go's own tests of select, written anew: test/chan/doubleselect,
// select6, select3, and of runtime/chan_test and chanbarrier_test.
#include <array>
#include <memory>
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

}  // namespace
}  // namespace csp_test
