#include "detector/src/race/clock.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <vector>

namespace chansan::race {
namespace {

using Twin = std::map<ChainId, Tick>;

void join(Twin& into, const Twin& from) {
  for (const auto& [chain, tick] : from) {
    into[chain] = std::max(into[chain], tick);
  }
}

TEST(ClockTest, EmptyKnowsNothing) {
  const Clock clock;
  EXPECT_TRUE(clock.empty());
  EXPECT_EQ(clock.get(0), 0u);
  EXPECT_EQ(clock.get(kChainsMax), 0u);
}

TEST(ClockTest, CopyIsNotChangedByItsOriginal) {
  Clock clock;
  for (ChainId chain = 0; chain < 100; ++chain) clock.raise(chain, 5);
  const Clock copy = clock;
  for (ChainId chain = 0; chain < 100; ++chain) clock.raise(chain, 6);
  for (ChainId chain = 0; chain < 100; ++chain) EXPECT_EQ(copy.get(chain), 5u);
}

TEST(ClockTest, RaiseNeverLowers) {
  Clock clock;
  clock.raise(3, 9);
  clock.raise(3, 4);
  EXPECT_EQ(clock.get(3), 9u);
}

TEST(ClockTest, StampedClockIsSkippedOnlyWhenCovered) {
  Clock owner;
  owner.raise(1, 7);
  owner.raise(2, 4);
  Clock released = owner;
  released.set_stamp({1, 7});
  Clock reader;
  reader.join(released);
  EXPECT_EQ(reader.get(2), 4u);
}

// Random clocks of very different chains, copied and joined, against maps.
class ClockTwinTest : public testing::TestWithParam<unsigned> {};

TEST_P(ClockTwinTest, SameAsAMap) {
  std::mt19937 random(GetParam());
  std::vector<Clock> clocks(8);
  std::vector<Twin> twins(8);
  const auto pick = [&](std::size_t bound) { return random() % bound; };
  const auto chain = [&]() -> ChainId {
    switch (pick(4)) {
      case 0:
        return static_cast<ChainId>(pick(8));
      case 1:
        return static_cast<ChainId>(pick(100));
      case 2:
        return static_cast<ChainId>(pick(5000));
      default:
        return static_cast<ChainId>(pick(kChainsMax));
    }
  };
  std::vector<ChainId> used{0};
  for (int step = 0; step < 3000; ++step) {
    const std::size_t a = pick(clocks.size());
    const std::size_t b = pick(clocks.size());
    switch (pick(4)) {
      case 0: {
        clocks[a] = clocks[b];
        twins[a] = Twin(twins[b]);
        break;
      }
      case 1:
        clocks[a].join(clocks[b]);
        join(twins[a], Twin(twins[b]));
        break;
      default: {
        const ChainId which = chain();
        const Tick tick = 1 + static_cast<Tick>(pick(1000));
        used.push_back(which);
        clocks[a].raise(which, tick);
        twins[a][which] = std::max(twins[a][which], tick);
      }
    }
    const ChainId probe = used[pick(used.size())];
    for (std::size_t i = 0; i < clocks.size(); ++i) {
      const auto known = twins[i].find(probe);
      ASSERT_EQ(clocks[i].get(probe),
                known == twins[i].end() ? 0 : known->second)
          << "seed " << GetParam() << " step " << step << " chain " << probe;
    }
  }
  for (std::size_t i = 0; i < clocks.size(); ++i) {
    for (const auto& [which, tick] : twins[i]) {
      ASSERT_EQ(clocks[i].get(which), tick) << "seed " << GetParam();
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, ClockTwinTest, testing::Range(1u, 17u));

}  // namespace
}  // namespace chansan::race
