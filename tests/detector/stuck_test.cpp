#include "detector/src/waits/stuck.h"

#include <gtest/gtest.h>

#include <deque>

namespace chansan::waits {
namespace {

namespace seam = csp::seam;
using seam::ObjectKind;

// Program counter n is line n of main.cpp; object n is global "n" if that is
// asked for.
class Lines final : public Places {
 public:
  Stack frames(std::uint64_t pc) override {
    return {{"body",
             {"main.cpp", static_cast<std::uint32_t>(pc), 0},
             false,
             false}};
  }
  std::string global_of(std::uint64_t) override { return ""; }
  History history(std::uint64_t) override { return history_; }
  History history_;  // of every object
};

class StuckTest : public ::testing::Test {
 protected:
  seam::GoroutineSnapshot& add(std::uint64_t id, const char* status,
                               std::vector<seam::Wait> waits) {
    // What it returns stays valid for as many.
    world_.goroutines.reserve(64);
    seam::GoroutineSnapshot one;
    one.id = id;
    one.status = status;
    one.waiting = std::string_view(status) != "running";
    one.waits = std::move(waits);
    pcs_.push_back({static_cast<std::uintptr_t>(10 * id)});
    one.pcs = pcs_.back();
    world_.goroutines.push_back(std::move(one));
    return world_.goroutines.back();
  }
  // Objects are added by rising id.
  seam::ObjectSnapshot& object(std::uint64_t id, ObjectKind kind) {
    world_.objects.push_back({});
    world_.objects.back().id = id;
    world_.objects.back().kind = kind;
    return world_.objects.back();
  }
  Finding deadlock() {
    return judge(End::kDeadlock, "fatal error: x", world_, places_);
  }
  static std::vector<std::uint64_t> knot(const Finding& finding) {
    std::vector<std::uint64_t> ids;
    for (const Goroutine& each : finding.goroutines) {
      if (each.in_knot) ids.push_back(each.id);
    }
    return ids;
  }

  seam::World world_;
  Lines places_;
  std::deque<std::vector<std::uintptr_t>> pcs_;
};

using Ids = std::vector<std::uint64_t>;

TEST_F(StuckTest, MainThatReceivesNeedsASender) {
  object(0x100, ObjectKind::kChannel);
  add(1, "chan receive", {{0x100, false}});
  const Finding finding = deadlock();
  EXPECT_EQ(finding.id, "deadlock");
  EXPECT_EQ(finding.message, "fatal error: x");
  EXPECT_EQ(finding.kind, "no sender left");
  EXPECT_EQ(
      finding.why,
      "Deadlock: no sender left: the main goroutine waits for a send "
      "on or the close of channel 1, and no other goroutine can reach it");
  EXPECT_EQ(finding.goroutines.at(0).waits_for, "channel 1");
  EXPECT_EQ(finding.goroutines.at(0).wakers.at(0).message,
            "nobody: no other goroutine is left that could send on or close "
            "channel 1");
  EXPECT_EQ(finding.location, (Location{"main.cpp", 10, 0}));
}

TEST_F(StuckTest, WhoWorkedWithTheObjectAndHasEndedIsTold) {
  object(0x100, ObjectKind::kChannel);
  add(1, "chan receive", {{0x100, false}});
  places_.history_.steps = {{2, "goroutine 2 sent", {}}};
  places_.history_.actors = {1, 2};
  const auto history = deadlock().objects.at(0).history;
  ASSERT_EQ(history.size(), 2u);
  EXPECT_EQ(history[1].message, "goroutine 2 has ended");
}

TEST_F(StuckTest, OfASelectAPartnerIsToldOnceWithAllThatItCould) {
  object(0x100, ObjectKind::kChannel);
  object(0x200, ObjectKind::kChannel);
  object(0x300, ObjectKind::kChannel);
  add(1, "select", {{0x100, false}, {0x200, true}});
  add(2, "chan receive", {{0x300, false}});
  for (auto& each : world_.objects) each.reached_from = {{1}, {2}};
  for (auto& each : world_.objects) each.sender = each.receiver = 2;
  const Finding finding = deadlock();
  ASSERT_EQ(finding.goroutines.at(0).wakers.size(), 1u);
  EXPECT_EQ(finding.goroutines.at(0).wakers[0].message,
            "goroutine 2 could send on or close channel 1 or receive from "
            "channel 2, but waits for a send on or the close of channel 3 at "
            "main.cpp:20");
}

TEST_F(StuckTest, WhoWasNeverSeenToHelpOnlyReachesTheObject) {
  object(0x100, ObjectKind::kChannel).receiver = 2;
  object(0x200, ObjectKind::kChannel);
  add(1, "select", {{0x100, true}, {0x200, false}});
  add(2, "chan send", {{0x300, true}});
  object(0x300, ObjectKind::kChannel).receiver = 1;
  for (auto& each : world_.objects) each.reached_from = {{1}, {2}};
  const Finding finding = deadlock();
  EXPECT_EQ(finding.goroutines.at(0).wakers.at(0).message,
            "goroutine 2 could receive from channel 1, can reach channel 2, "
            "but waits for a receive from channel 3 at main.cpp:20");
  EXPECT_EQ(finding.goroutines.at(1).wakers.at(0).message,
            "the main goroutine could receive from channel 3, but waits for a "
            "receive from channel 1 or for a send on or the close of channel 2 "
            "at main.cpp:10");
  world_.objects[2].receiver = 0;
  EXPECT_EQ(deadlock().goroutines.at(1).wakers.at(0).message,
            "the main goroutine can reach channel 3, but waits for a receive "
            "from channel 1 or for a send on or the close of channel 2 at "
            "main.cpp:10");
}

TEST_F(StuckTest, TheOneReceiverThatEndedIsNamedAndItsStarterIsNoHelp) {
  auto& channel = object(0x100, ObjectKind::kChannel);
  channel.reached_from = {{1}, {2}};
  channel.receiver = 3;
  object(0x200, ObjectKind::kWaitGroup).reached_from = {{1}, {2}};
  add(1, "sync.WaitGroup.Wait", {{0x200, false}});
  add(2, "chan send", {{0x100, true}}).creator = 1;
  const Finding finding = deadlock();
  EXPECT_EQ(finding.kind, "no receiver left");
  EXPECT_EQ(finding.goroutines.at(1).wakers.at(0).message,
            "nobody: goroutine 3 received from it before, but has ended");
}

TEST_F(StuckTest, TheHintForAGroupSaysWhichSideTheChannelWaitsFor) {
  object(0x100, ObjectKind::kChannel).reached_from = {{1}, {2}};
  object(0x200, ObjectKind::kWaitGroup).reached_from = {{1}, {2}};
  add(1, "sync.WaitGroup.Wait", {{0x200, false}});
  auto& worker = add(2, "chan receive", {{0x100, false}});
  EXPECT_EQ(deadlock().kind, "channel and wait group");
  EXPECT_NE(deadlock().hint.find("first close the channel"), std::string::npos);
  worker.status = "chan send";
  worker.waits = {{0x100, true}};
  EXPECT_EQ(deadlock().kind, "channel and wait group");
  EXPECT_NE(deadlock().hint.find("receive until"), std::string::npos);
}

TEST_F(StuckTest, WhoRunsTheSameCodeAndWaitsForTheSameIsNoHelp) {
  for (const std::uint64_t id : {0x100, 0x200, 0x300}) {
    object(id, ObjectKind::kChannel).reached_from = {{2}, {3}};
  }
  add(2, "select", {{0x100, false}, {0x200, false}}).created_at = 5;
  add(3, "select", {{0x100, false}, {0x300, false}}).created_at = 6;
  EXPECT_EQ(deadlock().kind, "channel cycle");
  world_.goroutines[1].created_at = 5;
  world_.objects[1].reached_from = {{2}};
  world_.objects[2].reached_from = {{3}};
  EXPECT_EQ(deadlock().kind, "no partner left");
}

TEST_F(StuckTest, TwoLocksInTwoOrdersAreACycle) {
  object(0x100, ObjectKind::kMutex).holders = {{2, 21, false}};
  object(0x200, ObjectKind::kMutex).holders = {{3, 31, false}};
  object(0x300, ObjectKind::kWaitGroup).count = 2;
  add(1, "sync.WaitGroup.Wait", {{0x300, false}});
  add(2, "sync.Mutex.Lock", {{0x200, false}});
  add(3, "sync.Mutex.Lock", {{0x100, false}});
  world_.objects[2].reached_from = {{1}, {2}, {3}};
  const Finding finding = deadlock();
  EXPECT_EQ(finding.kind, "lock cycle");
  EXPECT_EQ(knot(finding), (Ids{2, 3}));
  EXPECT_EQ(finding.goroutines.at(1).holds.at(0).object, "mutex 2");
  EXPECT_EQ(finding.goroutines.at(1).holds.at(0).taken_at.at(0).location.line,
            21u);
  EXPECT_EQ(finding.goroutines.at(1).wakers.at(0).message,
            "goroutine 3 has mutex 1, taken at main.cpp:31, but waits for the "
            "lock of mutex 2 at main.cpp:30");
}

TEST_F(StuckTest, OneLockTakenTwiceIsASelfDeadlock) {
  object(0x100, ObjectKind::kMutex).holders = {{1, 5, false}};
  add(1, "sync.Mutex.Lock", {{0x100, false}});
  const Finding finding = deadlock();
  EXPECT_EQ(finding.kind, "self deadlock");
  EXPECT_EQ(knot(finding), Ids{1});
}

TEST_F(StuckTest, TheOwnerThatEndedIsNamed) {
  object(0x100, ObjectKind::kMutex).holders = {{7, 5, false}};
  add(1, "sync.Mutex.Lock", {{0x100, false}});
  const Finding finding = deadlock();
  EXPECT_EQ(finding.kind, "owner ended while holding");
  EXPECT_EQ(finding.goroutines.at(0).wakers.at(0).message,
            "goroutine 7 has mutex 1, taken at main.cpp:5, and has ended");
}

// A leak is told of the stuck ones alone: goroutine 1 is alive outside of them.
TEST_F(StuckTest, AnOwnerThatIsAliveButNotStuckHasNotEnded) {
  object(0x100, ObjectKind::kMutex).holders = {{1, 5, false}};
  add(1, "running", {});
  add(2, "sync.Mutex.Lock", {{0x100, false}});
  Lines lines;
  const std::vector<seam::GoroutineId> stuck{2};
  const std::vector<Finding> findings = judge_leaks(world_, stuck, lines);
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].kind, "owner lost the lock");
  EXPECT_EQ(findings[0].goroutines.at(0).wakers.at(0).message,
            "goroutine 1 has mutex 1, taken at main.cpp:5, and nothing leads "
            "it there any more");
}

TEST_F(StuckTest, ManyEqualLeaksAreToldAsOneWithFewStacks) {
  constexpr std::uint64_t kCount = 30000;
  object(0x100, ObjectKind::kChannel);
  std::vector<seam::GoroutineId> stuck;
  const std::vector<std::uintptr_t> pcs{7};
  for (std::uint64_t id = 2; id < kCount + 2; ++id) {
    add(id, "chan receive", {{0x100, false}}).pcs = pcs;
    stuck.push_back(id);
  }
  Lines lines;
  const std::vector<Finding> findings = judge_leaks(world_, stuck, lines);
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_LT(findings[0].goroutines.size(), 100u);
  std::uint64_t told = 0;
  for (const Goroutine& each : findings[0].goroutines) told += each.count;
  EXPECT_EQ(told, kCount);
}

TEST_F(StuckTest, ReadLockTwiceWithAWriterBetween) {
  auto& lock = object(0x100, ObjectKind::kSharedMutex);
  lock.holders = {{2, 5, true}};
  lock.count = 1;
  add(2, "sync.RWMutex.RLock", {{0x100, false}});
  add(3, "sync.RWMutex.Lock", {{0x100, false}});
  const Finding finding = deadlock();
  EXPECT_EQ(finding.kind, "lock cycle");
  EXPECT_EQ(knot(finding), (Ids{2, 3}));
  EXPECT_NE(finding.hint.find("read lock"), std::string::npos);
}

TEST_F(StuckTest, ALockHeldAcrossASend) {
  object(0x100, ObjectKind::kChannel).reached_from = {{2}, {3}};
  object(0x200, ObjectKind::kMutex).holders = {{2, 5, false}};
  add(2, "chan send", {{0x100, true}});
  add(3, "sync.Mutex.Lock", {{0x200, false}});
  const Finding finding = deadlock();
  EXPECT_EQ(finding.kind, "channel and lock");
  EXPECT_EQ(knot(finding), (Ids{2, 3}));
}

TEST_F(StuckTest, FellowWaitersAreNoHelp) {
  object(0x100, ObjectKind::kChannel).reached_from = {{1}, {2}};
  add(1, "chan send", {{0x100, true}});
  add(2, "chan send", {{0x100, true}});
  const Finding finding = deadlock();
  EXPECT_EQ(finding.kind, "no receiver left");
  EXPECT_EQ(knot(finding), Ids{2}) << "main is the last to be blamed";
}

TEST_F(StuckTest, WhoHasTheChannelItselfIsLikelierThanWhoIsFarFromIt) {
  object(0x100, ObjectKind::kChannel).reached_from = {{1, 3}, {2}, {3}};
  object(0x200, ObjectKind::kChannel).reached_from = {{1}, {2}, {3}};
  add(1, "chan receive", {{0x200, false}});
  add(2, "chan send", {{0x100, true}});
  add(3, "chan send", {{0x200, true}});
  EXPECT_EQ(knot(deadlock()), (Ids{2, 3}));
}

TEST_F(StuckTest, WhoStartedASenderDoesNotReceiveInsteadOfOthersThatAreGone) {
  object(0x100, ObjectKind::kChannel).reached_from = {{1, 0}};
  object(0x200, ObjectKind::kWaitGroup).reached_from = {{2, 0}};
  add(1, "sync.WaitGroup.Wait", {{0x200, false}});
  add(2, "chan send", {{0x100, true}}).creator = 1;
  EXPECT_EQ(deadlock().kind, "channel and wait group");
  places_.history_.receivers = {3, 4};
  const Finding finding = deadlock();
  EXPECT_EQ(finding.kind, "no receiver left");
  EXPECT_EQ(knot(finding), Ids{2});
  EXPECT_EQ(finding.why,
            "Deadlock: no receiver left: goroutine 2 waits for a receive from "
            "channel 1; goroutines 3 and 4 received from it before, but have "
            "ended");
  places_.history_.receivers = {1, 3};
  EXPECT_EQ(deadlock().kind, "channel and wait group");
}

TEST_F(StuckTest, WhereALockWasTakenIsKnownFromItsPastBehindAGuard) {
  object(0x100, ObjectKind::kSharedMutex).holders = {{3, 0, true}};
  add(1, "sync.RWMutex.Lock", {{0x100, false}});
  add(3, "sync.RWMutex.Lock", {{0x100, false}});
  places_.history_.steps = {
      {3, "goroutine 3 read-locked it", {"main.cpp", 7, 0}},
      {3, "goroutine 3 gave back its read lock", {"main.cpp", 8, 0}},
      {3, "goroutine 3 read-locked it", {"main.cpp", 9, 0}},
      {2, "goroutine 2 read-locked it", {"main.cpp", 11, 0}}};
  const Finding finding = deadlock();
  EXPECT_EQ(finding.goroutines.at(1).wakers.at(0).message,
            "goroutine 3 has the read lock of shared_mutex 1 itself, taken at "
            "main.cpp:9");
  ASSERT_EQ(finding.goroutines.at(1).holds.size(), 1u);
  EXPECT_EQ(finding.goroutines.at(1).holds[0].taken_at.at(0).location.line, 9u);
}

TEST_F(StuckTest, NobodySendsOnATimersChannel) {
  seam::ObjectSnapshot& timer = object(0x100, ObjectKind::kChannel);
  timer.is_timer = true;
  timer.reached_from = {{2, 0}};
  object(0x200, ObjectKind::kChannel).reached_from = {{3, 0}};
  add(2, "chan send", {{0x200, true}});
  add(3, "chan receive", {{0x100, false}});
  const Finding finding = deadlock();
  EXPECT_EQ(finding.kind, "stopped timer");
  EXPECT_EQ(knot(finding), Ids{3});
  EXPECT_TRUE(finding.why.ends_with("whose timer was stopped or has fired"))
      << finding.why;
}

TEST_F(StuckTest, WhoWaitsForAGroupIsNoPartOfTheKnotIfOthersAre) {
  object(0x100, ObjectKind::kChannel).reached_from = {{1}, {2}, {3}};
  object(0x200, ObjectKind::kCondition).reached_from = {{1}, {2}, {3}};
  object(0x300, ObjectKind::kWaitGroup).reached_from = {{1}, {2}, {3}};
  add(1, "sync.WaitGroup.Wait", {{0x300, false}});
  add(2, "sync.Cond.Wait", {{0x200, false}});
  add(3, "chan receive", {{0x100, false}});
  const Finding finding = deadlock();
  EXPECT_EQ(finding.kind, "channel and condition variable");
  EXPECT_EQ(knot(finding), (Ids{2, 3}));
}

TEST_F(StuckTest, WhatMainWaitsForIsTheCause) {
  object(0x100, ObjectKind::kWaitGroup).reached_from = {{1}, {3}};
  add(1, "sync.WaitGroup.Wait", {{0x100, false}});
  add(2, "chan send (nil chan)", {});
  add(3, "chan receive (nil chan)", {});
  const Finding finding = deadlock();
  EXPECT_EQ(finding.kind, "nil channel");
  EXPECT_EQ(knot(finding), Ids{3});
}

TEST_F(StuckTest, ANotifyThatFoundNobodyIsALostSignal) {
  auto& condition = object(0x100, ObjectKind::kCondition);
  condition.count = 1;
  condition.reached_from = {{1}};
  object(0x200, ObjectKind::kWaitGroup).reached_from = {{2}};
  add(1, "sync.WaitGroup.Wait", {{0x200, false}});
  add(2, "sync.Cond.Wait", {{0x100, false}});
  EXPECT_EQ(deadlock().kind, "lost signal");
}

TEST_F(StuckTest, ATickerThatFeedsNobodyIsSaid) {
  object(0x100, ObjectKind::kChannel);
  add(1, "chan receive", {{0x100, false}});
  world_.idle_timers = true;
  EXPECT_EQ(deadlock().kind, "no sender left, masked by a timer");
}

TEST_F(StuckTest, AlikeGoroutinesAreFoldedBeyondAThousand) {
  object(0x100, ObjectKind::kMutex).holders = {{1, 5, false}};
  add(1, "sync.Mutex.Lock", {{0x100, false}});
  const auto pcs = world_.goroutines.front().pcs;
  for (std::uint64_t id = 2; id <= 5000; ++id) {
    add(id, "sync.Mutex.Lock", {{0x100, false}}).pcs = pcs;
  }
  const Finding finding = deadlock();
  EXPECT_EQ(finding.goroutines.size(), 1001u);
  EXPECT_EQ(finding.goroutines.back().count, 4000u);
}

TEST_F(StuckTest, LeaksAreToldByTheirKnots) {
  object(0x100, ObjectKind::kChannel);
  object(0x200, ObjectKind::kMutex).holders = {{4, 5, false}};
  add(1, "running", {});
  add(2, "chan send", {{0x100, true}});
  add(3, "chan send", {{0x100, true}}).pcs = world_.goroutines[1].pcs;
  add(4, "sync.Mutex.Lock", {{0x200, false}});
  Lines lines;
  const Ids stuck{2, 3, 4};
  const std::vector<Finding> findings = judge_leaks(world_, stuck, lines);
  ASSERT_EQ(findings.size(), 2u);
  EXPECT_EQ(findings[0].kind, "self deadlock");
  EXPECT_EQ(findings[0].message,
            "goroutine 4 [sync.Mutex.Lock] can never run again");
  EXPECT_EQ(findings[1].kind, "no receiver left");
  EXPECT_EQ(findings[1].message, "2 goroutines can never run again");
}

TEST_F(StuckTest, PanicIsNotADeadlock) {
  add(1, "running", {});
  add(2, "chan receive", {{0x100, false}});
  Lines lines;
  const Finding finding =
      judge(End::kPanic, "panic: send on closed channel", world_, lines);
  EXPECT_EQ(finding.id, "panic");
  EXPECT_EQ(finding.kind, "");
  EXPECT_EQ(finding.goroutines.size(), 2u);
  EXPECT_EQ(judge(End::kFatalError, "fatal error: x", {}, lines).id, "fatal");
}

}  // namespace
}  // namespace chansan::waits
