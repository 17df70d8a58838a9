#include "detector/src/race/goroutine_table.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <random>
#include <set>
#include <vector>

namespace chansan::race {
namespace {

std::unique_ptr<Goroutine> made(csp::seam::GoroutineId id) {
  auto goroutine = std::make_unique<Goroutine>();
  goroutine->life = LifeRef(new Life);
  goroutine->life->id = id;
  return goroutine;
}

TEST(GoroutineTableTest, EmptyOneHasNobody) {
  GoroutineTable table;
  EXPECT_EQ(table.find(1), nullptr);
  EXPECT_EQ(table.remove(1), nullptr);
}

// Against a map, with ids that come in steps as those of a shard do.
TEST(GoroutineTableTest, HoldsWhatWasAddedAndNotRemoved) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    GoroutineTable table;
    std::map<csp::seam::GoroutineId, Goroutine*> expected;
    for (int step = 0; step < 2000; ++step) {
      const csp::seam::GoroutineId id = 1 + random() % 300 * 64;
      const auto known = expected.find(id);
      ASSERT_EQ(table.find(id),
                known == expected.end() ? nullptr : known->second);
      if (known == expected.end()) {
        auto fresh = made(id);
        expected[id] = fresh.get();
        table.add(std::move(fresh));
      } else if (random() % 2 == 0) {
        ASSERT_EQ(table.remove(id).get(), known->second);
        expected.erase(known);
      }
    }
    for (const auto& [id, goroutine] : expected) {
      ASSERT_EQ(table.find(id), goroutine);
    }
  }
}

TEST(PoolTest, PlacesAreApartAndTakenAgain) {
  std::vector<std::unique_ptr<Life>> lives;
  std::set<Life*> places;
  for (int i = 0; i < 1000; ++i) {
    lives.push_back(std::make_unique<Life>());
    lives.back()->id = static_cast<csp::seam::GoroutineId>(i);
    places.insert(lives.back().get());
  }
  EXPECT_EQ(places.size(), lives.size());
  for (int i = 0; i < 1000; ++i) {
    EXPECT_EQ(lives[static_cast<std::size_t>(i)]->id,
              static_cast<csp::seam::GoroutineId>(i));
  }
  lives.clear();
  for (int i = 0; i < 1000; ++i) {
    lives.push_back(std::make_unique<Life>());
    EXPECT_TRUE(places.contains(lives.back().get()));
  }
}

TEST(CallStackTest, KeepsItsCallsWhenItGrows) {
  CallStack calls;
  ContextTree tree;
  for (std::uint64_t depth = 1; depth <= 100; ++depth) calls.enter(depth, 0);
  for (std::uint64_t depth = 100; depth > 0; --depth) {
    const auto stack = tree.stack(calls.context(tree, 0));
    ASSERT_EQ(stack.size(), depth);
    EXPECT_EQ(stack.front(), depth);
    EXPECT_EQ(stack.back(), 1u);
    calls.leave();
  }
  EXPECT_EQ(calls.depth(), 0u);
}

}  // namespace
}  // namespace chansan::race
