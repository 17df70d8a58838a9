#include <array>
#include <memory>
#include <string>
#include <vector>

#include "tests/runtime/runtime_test.h"

namespace csp_test {
namespace {

class SelectTest : public RuntimeTest {};

TEST_F(SelectTest, RunsTheReadyCaseAndGivesItsPosition) {
  auto a = make_chan<int>(1);
  auto b = make_chan<std::string>(1);
  b << "x";
  std::optional<std::string> got;
  EXPECT_EQ(select(recv_case(a), recv_case(b, got)), 1);
  EXPECT_EQ(got, "x");
  EXPECT_EQ(select(send_case(a, 5), recv_case(b)), 0);
  EXPECT_EQ(a.recv(), 5);
}

TEST_F(SelectTest, DefaultIsMinusOneWhereverItStands) {
  auto a = make_chan<int>();
  int ran = 0;
  EXPECT_EQ(select(default_case([&] { ++ran; }), recv_case(a)), -1);
  EXPECT_EQ(select(recv_case(a), default_case([&] { ++ran; })), -1);
  EXPECT_EQ(select(default_case()), -1);
  EXPECT_EQ(ran, 2);
}

TEST_F(SelectTest, DefaultDoesNotRunWhenACaseIsReady) {
  auto a = make_chan<int>(1);
  a << 1;
  EXPECT_EQ(select(default_case(), recv_case(a)), 1);
}

TEST_F(SelectTest, TwoDefaultsAreALogicError) {
  EXPECT_THROW(select(default_case(), default_case()), std::logic_error);
}

TEST_F(SelectTest, NilCasesAreNeverReady) {
  chan<int> nil;
  auto a = make_chan<int>(1);
  a << 3;
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(select(recv_case(nil), send_case(nil, 1), recv_case(a)), 2);
    a << 3;
  }
  EXPECT_EQ(select(recv_case(nil), default_case()), -1);
}

TEST_F(SelectTest, ClosedChannelIsReadyWithNullopt) {
  auto a = make_chan<int>();
  a.close();
  bool called = false;
  EXPECT_EQ(select(recv_case(a,
                             [&](std::optional<int> v) {
                               called = true;
                               EXPECT_EQ(v, std::nullopt);
                             })),
            0);
  EXPECT_TRUE(called);
}

TEST_F(SelectTest, ReadySendOnClosedThrows) {
  auto a = make_chan<int>();
  a.close();
  EXPECT_THROW(select(send_case(a, 1)), channel_error);
}

TEST_F(SelectTest, BlocksUntilACaseIsReady) {
  auto a = make_chan<int>();
  auto b = make_chan<int>();
  go([=] { b.send(8); });
  std::optional<int> got;
  EXPECT_EQ(select(recv_case(a), recv_case(b, got)), 1);
  EXPECT_EQ(got, 8);
  go([=] { EXPECT_EQ(a.recv(), 9); });
  EXPECT_EQ(select(send_case(a, 9), recv_case(b)), 0);
}

TEST_F(SelectTest, CloseWakesABlockedSelect) {
  auto a = make_chan<int>();
  auto b = make_chan<int>();
  go([=] { a.close(); });
  EXPECT_EQ(select(recv_case(b), recv_case(a)), 1);
  auto c = make_chan<int>();
  go([=] { c.close(); });
  EXPECT_THROW(select(send_case(c, 1), recv_case(b)), channel_error);
}

TEST_F(SelectTest, ChoosesUniformlyAmongReady) {
  std::array<chan<int>, 4> channels;
  for (auto& c : channels) c = make_chan<int>(1);
  // Only 1 and 3 are ready; a rotating start would favour one of them.
  std::array<int, 4> count{};
  constexpr int kRounds = 4000;
  for (int i = 0; i < kRounds; ++i) {
    if (channels[1].len() == 0) channels[1] << 0;
    if (channels[3].len() == 0) channels[3] << 0;
    ++count[static_cast<std::size_t>(
        select(recv_case(channels[0]), recv_case(channels[1]),
               recv_case(channels[2]), recv_case(channels[3])))];
  }
  // Six standard deviations.
  EXPECT_NEAR(count[1], kRounds / 2, 200);
  EXPECT_EQ(count[0] + count[2], 0);
}

TEST_F(SelectTest, SameChannelTwice) {
  auto a = make_chan<int>();
  for (int i = 0; i < 50; ++i) {
    go([a, i] { a.send(i); });
    std::optional<int> first;
    std::optional<int> second;
    const int index = select(recv_case(a, first), recv_case(a, second));
    EXPECT_EQ(index == 0 ? first : second, i);
    EXPECT_EQ(index == 0 ? second : first, std::nullopt);
  }
}

TEST_F(SelectTest, BothDirectionsOfOneChannelNeverMeetThemselves) {
  auto a = make_chan<int>();
  wait_group both;
  std::atomic<int> sent{0};
  std::atomic<int> received{0};
  for (int g = 0; g < 2; ++g) {
    both.go([&] {
      for (int i = 0; i < 200; ++i) {
        select(send_case(a, 1, [&] { ++sent; }),
               recv_case(a, [&](std::optional<int>) { ++received; }));
      }
    });
  }
  // Each hand-over is one of each, so the two end together.
  both.wait();
  EXPECT_EQ(sent, 200);
  EXPECT_EQ(received, 200);
}

TEST_F(SelectTest, ValueNotSentIsDestroyedOnce) {
  auto a = make_chan<Counted>();
  auto b = make_chan<int>(1);
  b << 1;
  EXPECT_EQ(select(send_case(a, Counted(1)), recv_case(b)), 1);
  EXPECT_EQ(Counted::alive, 0);
  go([=] { b.send(2); });
  EXPECT_EQ(select(send_case(a, Counted(1)), recv_case(b)), 1);
  EXPECT_EQ(Counted::alive, 0);
}

TEST_F(SelectTest, SpanOfCasesCanBeSelectedAgain) {
  std::vector<chan<int>> channels;
  std::vector<select_case> cases;
  std::vector<std::optional<int>> out(5);
  for (std::size_t i = 0; i < 5; ++i) {
    channels.push_back(make_chan<int>(1));
    cases.push_back(recv_case(channels[i], out[i]));
  }
  for (int i : {3, 0, 4}) {
    channels[static_cast<std::size_t>(i)] << i * 10;
    EXPECT_EQ(select(cases), i);
    EXPECT_EQ(out[static_cast<std::size_t>(i)], i * 10);
  }
}

TEST_F(SelectTest, SentCaseOfASpanIsNeverReadyAgain) {
  auto a = make_chan<std::unique_ptr<int>>(2);
  std::vector<select_case> cases;
  cases.push_back(send_case(a, std::make_unique<int>(1)));
  cases.push_back(default_case());
  EXPECT_EQ(select(cases), 0);
  EXPECT_EQ(select(cases), -1);
  EXPECT_EQ(a.len(), 1u);
}

TEST_F(SelectTest, CasesFromTemporaryHandles) {
  auto a = make_chan<int>(1);
  EXPECT_EQ(select(send_case(send_chan<int>(a), 3)), 0);
  std::optional<int> got;
  EXPECT_EQ(select(recv_case(recv_chan<int>(a), got)), 0);
  EXPECT_EQ(got, 3);
}

TEST_F(SelectTest, ManySelectsLoseNothing) {
  constexpr int kChannels = 6;
  constexpr int kEach = 2000;
  std::array<chan<int>, kChannels> channels;
  for (std::size_t i = 0; i < kChannels; ++i)
    channels[i] = make_chan<int>(i % 3);
  std::atomic<long> sent{0};
  std::atomic<long> received{0};
  auto stop = make_chan<unit>();
  wait_group senders;
  wait_group receivers;
  for (int g = 0; g < 4; ++g) {
    senders.go([&] {
      for (int i = 1; i <= kEach; ++i) {
        select(send_case(channels[0], i), send_case(channels[1], i),
               send_case(channels[2], i), send_case(channels[3], i),
               send_case(channels[4], i), send_case(channels[5], i));
        sent += i;
      }
    });
    receivers.go([&] {
      for (bool more = true; more;) {
        const auto take = [&](std::optional<int> v) { received += *v; };
        more =
            select(recv_case(channels[0], take), recv_case(channels[1], take),
                   recv_case(channels[2], take), recv_case(channels[3], take),
                   recv_case(channels[4], take), recv_case(channels[5], take),
                   recv_case(stop)) != kChannels;
      }
    });
  }
  senders.wait();
  run_until([&] { return sent == received; });
  stop.close();
  receivers.wait();
  EXPECT_EQ(sent, 4L * kEach * (kEach + 1) / 2);
}

}  // namespace
}  // namespace csp_test
