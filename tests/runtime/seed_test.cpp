// A seed fixes a run: CHANSAN_OPTIONS=seed=N.
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "tests/runtime/run_program.h"

namespace csp::test {
namespace {

Ended run(const std::string& seed, const std::string& mode) {
  return run_program("seed=" + seed, SEED_PROGRAM " " + mode);
}

TEST(SeedTest, TwoRunsOfOneSeedTakeTheSameSteps) {
  for (int seed = 0; seed < 20; ++seed) {
    const Ended first = run(std::to_string(seed), "everything");
    const Ended second = run(std::to_string(seed), "everything");
    EXPECT_EQ(first.status, 0) << first.output;
    EXPECT_NE(first.output.find(" steps, "), std::string::npos);
    EXPECT_EQ(first.output, second.output) << "seed " << seed;
  }
}

TEST(SeedTest, SeedsTakeDifferentSteps) {
  std::set<std::string> outputs;
  for (int seed = 0; seed < 20; ++seed) {
    outputs.insert(run(std::to_string(seed), "everything").output);
  }
  EXPECT_EQ(outputs.size(), 20u);
}

TEST(SeedTest, TimeJumpsWhenNothingElseCanHappen) {
  EXPECT_EQ(run("1", "hour").output.substr(0, 8), "an hour\n");
}

TEST(SeedTest, TimePassesWhileAGoroutineYields) {
  EXPECT_EQ(run("1", "spin").output.substr(0, 6), "fired\n");
}

TEST(SeedTest, TheOutsideWorldIsWaitedFor) {
  EXPECT_EQ(run("1", "outside").output, "the pipe\n");
}

TEST(SeedTest, TimeJumpsAgainWhenTheOutsideWorldIsDone) {
  EXPECT_EQ(run("1", "inside_again").output, "an hour\n");
}

TEST(SeedTest, ASeedThatIsNoNumberIsRefused) {
  const Ended refused = run("twelve", "hour");
  EXPECT_EQ(refused.status, 2);
  EXPECT_NE(refused.output.find("seed=twelve is not a number"),
            std::string::npos)
      << refused.output;
}

}  // namespace
}  // namespace csp::test
