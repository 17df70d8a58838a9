#include "tool/explain/story.h"

#include <gtest/gtest.h>

#include "tests/command/files.h"
#include "tool/explain/dump_reader.h"

namespace chansan::testing {
namespace {

std::string told(const std::string& dump, const TextOptions& options = {}) {
  Document document;
  document.findings = read_dumps(testdata(dump));
  return tell(document, options);
}

TEST(StoryTest, VerdictComesFirst) {
  EXPECT_EQ(told("dumps/csp_deadlock.txt").find("Deadlock: all 903 goroutines"),
            0u);
  EXPECT_EQ(told("dumps/go_test_panic.txt").find("Panic in goroutine 34"), 0u);
}

TEST(StoryTest, GoroutinesAtTheSamePlaceAreToldOfOnce) {
  const std::string text = told("dumps/csp_deadlock.txt");
  EXPECT_NE(text.find("2 goroutines (2 \"left half\", 3) [chan send]:"),
            text.npos)
      << text;
  EXPECT_EQ(text.find("sum<"), text.rfind("sum<")) << text;
  EXPECT_NE(text.find("could be woken by: a receive from the channel"),
            text.npos);
}

TEST(StoryTest, SourceIsShownWhereItIsKnown) {
  TextOptions options;
  options.source = [](const Location& location) {
    return location.line == 22 ? "  total += results.recv();" : "";
  };
  const std::string text = told("dumps/csp_deadlock.txt", options);
  EXPECT_NE(text.find("  main() at /home/user/sum.cpp:22\n"
                      "          total += results.recv();\n"),
            text.npos)
      << text;
}

TEST(StoryTest, RaceBeginsWithItsVerdictToo) {
  std::string problem;
  const auto document =
      read_findings(testdata("reports/race_global.json"), problem);
  ASSERT_TRUE(document) << problem;
  EXPECT_EQ(
      tell(*document, {})
          .find("Data race on global 'counters.hits': the write by "
                "goroutine 7 (\"worker\") at src/main.cpp:9:5 and the read by "
                "main goroutine at src/main.cpp:20:12 are not "
                "ordered.\n==================\n"),
      0u);
}

TEST(StoryTest, NoFindingsIsSaid) { EXPECT_EQ(tell({}, {}), "No findings.\n"); }

TEST(AwaitedTest, EveryWaitReasonOfTheRuntimeHasItsWaker) {
  for (const char* reason :
       {"chan receive", "chan send", "chan receive (nil chan)",
        "chan send (nil chan)", "select", "select (no cases)",
        "sync.Mutex.Lock", "sync.RWMutex.RLock", "sync.RWMutex.Lock",
        "sync.WaitGroup.Wait", "sync.Cond.Wait", "sync.Once", "semacquire"}) {
    EXPECT_NE(awaited(reason), "") << reason;
  }
  EXPECT_EQ(awaited("running"), "");
}

}  // namespace
}  // namespace chansan::testing
