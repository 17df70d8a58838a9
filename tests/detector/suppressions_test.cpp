#include "detector/src/report/suppressions.h"

#include <gtest/gtest.h>

namespace chansan {
namespace {

Finding race() {
  Finding finding;
  finding.id = "race";
  finding.message = "goroutine 2 and goroutine 3 use 'counter' unordered";
  finding.memory.name = "counter";
  finding.accesses.resize(2);
  finding.accesses[0].stack = {{"Cache::store()", {"src/cache.cpp", 7, 0}},
                               {"serve()", {"src/server.cpp", 9, 0}}};
  finding.accesses[1].stack = {{"main", {"src/main.cpp", 3, 0}}};
  finding.goroutines.resize(1);
  finding.goroutines[0].name = "worker";
  return finding;
}

bool suppressed(const char* rules) {
  Suppressions suppressions;
  EXPECT_EQ(suppressions.read(rules), "");
  return suppressions.match(race());
}

TEST(SuppressionsTest, FunctionsFilesAndVariablesOfAnyFrame) {
  EXPECT_TRUE(suppressed("race:store"));
  EXPECT_TRUE(suppressed("race:serve"));
  EXPECT_TRUE(suppressed("race:server.cpp"));
  EXPECT_TRUE(suppressed("race:counter"));
  EXPECT_TRUE(suppressed("race:main.cpp"));
  EXPECT_FALSE(suppressed("race:load"));
}

TEST(SuppressionsTest, CyclesOfLocksHaveTheirOwnRules) {
  Finding cycle;
  cycle.id = "lock-order";
  cycle.message = "locks are taken in a cycle";
  cycle.goroutines.resize(1);
  cycle.goroutines[0].name = "worker";
  cycle.goroutines[0].waits_for = "mutex 'accounts'";
  cycle.goroutines[0].stack = {{"transfer()", {"src/bank.cpp", 7, 0}}};
  cycle.goroutines[0].holds = {{"mutex 1", {{"audit()", {"src/a.cpp", 3, 0}}}}};
  const auto matches = [&](const char* rules) {
    Suppressions suppressions;
    EXPECT_EQ(suppressions.read(rules), "");
    return suppressions.match(cycle);
  };
  EXPECT_TRUE(matches("deadlock:transfer"));
  EXPECT_TRUE(matches("deadlock:bank.cpp"));
  EXPECT_TRUE(matches("deadlock:audit"));
  EXPECT_TRUE(matches("deadlock:accounts"));
  EXPECT_FALSE(matches("deadlock:other"));
  EXPECT_FALSE(matches("race:transfer"));
  EXPECT_FALSE(suppressed("deadlock:Cache::store"));
  EXPECT_TRUE(matches(suggested_suppression(cycle).c_str()));
}

TEST(SuppressionsTest, TopLooksAtTheAccessOnly) {
  EXPECT_TRUE(suppressed("race_top:Cache::store"));
  EXPECT_FALSE(suppressed("race_top:serve"));
}

TEST(SuppressionsTest, ThreadsByTheirGoroutinesNames) {
  EXPECT_TRUE(suppressed("thread:work"));
  EXPECT_FALSE(suppressed("thread:store"));
}

TEST(SuppressionsTest, AnchorsAndStars) {
  EXPECT_TRUE(suppressed("race:^main$"));
  EXPECT_TRUE(suppressed("race:C*:st*()$"));
  EXPECT_FALSE(suppressed("race:^store"));
  EXPECT_FALSE(suppressed("race:Cache$"));
}

TEST(SuppressionsTest, CommentsAndBlankLinesSayNothing) {
  EXPECT_FALSE(suppressed("# race:store\n\n   \n"));
  EXPECT_TRUE(suppressed("# known\r\n  race:store  \r\n"));
}

TEST(SuppressionsTest, FirstLineThatIsNotUnderstoodIsReturned) {
  Suppressions suppressions;
  EXPECT_EQ(suppressions.read("race:a\nmutex:b\nwhat"), "mutex:b");
  EXPECT_EQ(suppressions.read("race:"), "race:");
}

TEST(SuppressionsTest, SuggestionSilencesItsRace) {
  EXPECT_TRUE(suppressed(suggested_suppression(race()).c_str()));
}

}  // namespace
}  // namespace chansan
