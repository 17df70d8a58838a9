#include "detector/src/race/chains.h"

#include <gtest/gtest.h>

#include "tests/support/event_script.h"
#include "tests/support/scripted_detector.h"

namespace chansan::race {
namespace {

using tests::parse_script;
using tests::ScriptedDetector;

LifeRef life(csp::seam::GoroutineId id) {
  auto* made = new Life;
  made->id = id;
  return LifeRef(made);
}

TEST(ChainsTest, OrderedGoroutineContinuesTheChain) {
  Chains chains;
  const Epoch first = *chains.take(life(1), Clock());
  chains.give_back({first.chain, 5});
  Clock knows;
  knows.raise(first.chain, 5);
  const Epoch second = *chains.take(life(2), knows);
  EXPECT_EQ(second, (Epoch{first.chain, 6}));
}

TEST(ChainsTest, UnorderedGoroutineDoesNot) {
  Chains chains;
  const Epoch first = *chains.take(life(1), Clock());
  chains.give_back({first.chain, 5});
  Clock knows;
  knows.raise(first.chain, 4);
  EXPECT_NE(chains.take(life(2), knows)->chain, first.chain);
}

TEST(ChainsTest, WhoFindsTheCarrierOfThatTime) {
  Chains chains;
  const Epoch first = *chains.take(life(7), Clock());
  chains.give_back({first.chain, 3});
  Clock knows;
  knows.raise(first.chain, 3);
  const Epoch second = *chains.take(life(8), knows);
  EXPECT_EQ(chains.who({first.chain, 1})->id, 7u);
  EXPECT_EQ(chains.who({first.chain, 3})->id, 7u);
  EXPECT_EQ(chains.who(second)->id, 8u);
  EXPECT_EQ(chains.who({second.chain, 900})->id, 8u);
}

TEST(ChainsTest, NoChainLeftIsSaid) {
  Chains chains(1);
  EXPECT_TRUE(chains.take(life(1), Clock()).has_value());
  EXPECT_FALSE(chains.take(life(2), Clock()).has_value());
}

TEST(ChainsTest, SweepForgetsWhatIsNotMarkedAndFreesItsChain) {
  Chains chains;
  const Epoch first = *chains.take(life(1), Clock());
  const Epoch second = *chains.take(life(2), Clock());
  chains.give_back({first.chain, 4});
  chains.give_back({second.chain, 9});
  const Generation before = chains.generation();
  {
    Chains::Sweep sweep(chains);
    sweep.mark({second.chain, 5});
    sweep.forget_unmarked();
  }
  EXPECT_FALSE(chains.who({first.chain, 1}));
  EXPECT_EQ(chains.who({second.chain, 5})->id, 2u);
  // Nothing of the first chain is remembered: anybody may go on with it.
  EXPECT_EQ(*chains.take(life(3), Clock()), (Epoch{first.chain, 5}));
  // What clocks remember of its releases must not be believed any more.
  EXPECT_NE(chains.generation(), before);
}

TEST(ChainsTest, AccessWithoutAChainIsCounted) {
  ScriptedDetector fast(1);
  for (const auto& event : parse_script("1 go 2\n1 write x\n2 write x\n")) {
    fast.consume(event);
  }
  EXPECT_GT(fast.detector().dropped(), 0u);
}

TEST(ChainsTest, JoinedGoroutinesShareOneChain) {
  ScriptedDetector fast;
  for (csp::seam::GoroutineId id = 2; id < 1000; ++id) {
    using csp::seam::EventKind;
    fast.consume({.kind = EventKind::kGoCreate,
                  .flags = csp::seam::kJoinable,
                  .goroutine = 1,
                  .other = id});
    fast.consume({.kind = EventKind::kWrite,
                  .goroutine = id,
                  .object = 0x1000,
                  .size = 8});
    fast.consume({.kind = EventKind::kGoEnd, .goroutine = id});
    fast.consume({.kind = EventKind::kJoin, .goroutine = 1, .other = id});
  }
  EXPECT_TRUE(fast.verdict().empty());
  EXPECT_LE(fast.detector().chains(), 2u);
}

}  // namespace
}  // namespace chansan::race
