// A seed fixes a run: CHANSAN_OPTIONS=seed=N.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <set>
#include <string>

namespace {

struct Ended {
  std::string output;  // both streams
  int status;
};

Ended run(const std::string& seed, const std::string& mode) {
  const std::string command =
      "CHANSAN_OPTIONS=seed=" + seed + " " SEEDED_PROGRAM " " + mode + " 2>&1";
  Ended result{};
  FILE* output = popen(command.c_str(), "r");
  if (!output) return {"popen failed", -1};
  std::array<char, 4096> part{};
  while (const auto size = fread(part.data(), 1, part.size(), output)) {
    result.output.append(part.data(), size);
  }
  const int status = pclose(output);
  result.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return result;
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

TEST(SeedTest, ASeedThatIsNoNumberIsRefused) {
  const Ended refused = run("twelve", "hour");
  EXPECT_EQ(refused.status, 2);
  EXPECT_NE(refused.output.find("seed=twelve is not a number"),
            std::string::npos)
      << refused.output;
}

}  // namespace
