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

TEST(ClockTest, ReleasedClockIsSkippedOnlyWhenCovered) {
  Clock owner;
  owner.raise(2, 4);
  owner.release({1, 7}, 1);
  const Clock released = owner.copy();
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

// Goroutines that hand their clocks on as the detector lets them, against maps.
// Now and then a chain goes on with a goroutine that knows nothing of it.
class HandedOverClockTest : public testing::TestWithParam<unsigned> {
 protected:
  struct Sharer {
    Clock clock;
    Twin twin;
    Epoch now;
  };

  std::size_t pick(std::size_t bound) { return random_() % bound; }
  void release(Sharer& sharer) {
    sharer.clock.release(sharer.now, generation_);
    sharer.twin[sharer.now.chain] = sharer.now.tick++;
  }
  void learn(Sharer& into, const Sharer& from) {
    into.clock.join(from.clock, generation_);
    chansan::race::join(into.twin, Twin(from.twin));
  }
  void step() {
    Sharer& actor = actors_[pick(actors_.size())];
    Sharer& other = actors_[pick(actors_.size())];
    Sharer& object = objects_[pick(objects_.size())];
    switch (pick(pick(20) == 0 ? 6 : 5)) {
      case 0:  // an unlock
        release(actor);
        object = {actor.clock.copy(), actor.twin, {}};
        return;
      case 1:  // a lock
        return learn(actor, object);
      case 2:  // a done
        release(actor);
        return learn(object, actor);
      case 3: {  // a slot is passed
        release(actor);
        const Sharer before = object;
        object = {actor.clock.copy(), actor.twin, {}};
        return learn(actor, before);
      }
      case 4:  // a rendezvous
        if (&actor == &other) return;
        release(actor);
        release(other);
        learn(actor, other);
        other.clock = actor.clock.copy();
        other.twin = actor.twin;
        return;
      default:  // an end, and a beginning on the same chain
        actor = {Clock(), {}, {actor.now.chain, actor.now.tick + 1}};
        ++generation_;
    }
  }
  void expect_same(const Sharer& sharer, int at) {
    for (const Sharer& actor : actors_) {
      const ChainId chain = actor.now.chain;
      const auto known = sharer.twin.find(chain);
      ASSERT_EQ(sharer.clock.get(chain),
                known == sharer.twin.end() ? 0 : known->second)
          << "seed " << GetParam() << " step " << at << " chain " << chain;
    }
  }

  std::mt19937 random_{GetParam()};
  std::vector<Sharer> actors_;
  std::vector<Sharer> objects_;
  Generation generation_ = 1;
};

TEST_P(HandedOverClockTest, SameAsAMap) {
  actors_.resize(2 + pick(40));
  objects_.resize(1 + pick(6));
  ChainId chain = 0;
  for (Sharer& actor : actors_) {
    actor.now = {chain, 1};
    chain += 1 + static_cast<ChainId>(pick(pick(2) == 0 ? 2 : 900));
  }
  for (int at = 0; at < 3000; ++at) {
    step();
    expect_same(actors_[pick(actors_.size())], at);
    expect_same(objects_[pick(objects_.size())], at);
    if (HasFatalFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, HandedOverClockTest, testing::Range(1u, 33u));

}  // namespace
}  // namespace chansan::race
