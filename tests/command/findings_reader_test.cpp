#include "tool/explain/findings_reader.h"

#include <gtest/gtest.h>

#include "tests/command/files.h"

namespace chansan::testing {
namespace {

std::string problem_of(const std::string& text) {
  std::string problem;
  EXPECT_FALSE(read_findings(text, problem)) << text;
  return problem;
}

std::string document_with(const std::string& finding) {
  return R"({"format":"chansan-findings","version":1,"findings":[)" + finding +
         R"(],"summary":{}})";
}

// Written once and never again: what this version must read for ever.
TEST(FindingsReaderTest, ReadsVersionOne) {
  std::string problem;
  const auto document = read_findings(testdata("reports/v1.json"), problem);
  ASSERT_TRUE(document) << problem;
  ASSERT_EQ(document->findings.size(), 5u);
  const Finding& race = document->findings[0];
  EXPECT_EQ(race.accesses[0].address, 0x5e1640u);
  EXPECT_EQ(race.accesses[0].stack[0].location,
            (Location{"src/main.cpp", 9, 5}));
  EXPECT_EQ(race.memory.kind, Memory::Kind::kGlobal);
  EXPECT_EQ(race.goroutines[0].name, "worker");
  EXPECT_EQ(race.count, 10u);
  EXPECT_EQ(document->findings[4].level, Level::kLikely);
  EXPECT_EQ(document->summary.tool, "check");
}

// What is written is read without loss: written again, it is the same.
TEST(FindingsReaderTest, ReadsBackWhatIsWritten) {
  for (const char* name :
       {"all", "deadlock", "lint", "panic", "race_global", "race_heap"}) {
    const std::string text = testdata(std::string("reports/") + name + ".json");
    std::string problem;
    const auto document = read_findings(text, problem);
    ASSERT_TRUE(document) << name << ": " << problem;
    EXPECT_EQ(to_json(document->findings, document->summary), text) << name;
  }
}

TEST(FindingsReaderTest, IgnoresFieldsThatItDoesNotKnow) {
  std::string problem;
  const auto document = read_findings(
      document_with(
          R"({"id":"race","level":"maybe","message":"m","new_field":[1]})"),
      problem);
  ASSERT_TRUE(document) << problem;
  EXPECT_EQ(document->findings[0].level, Level::kMaybe);
}

TEST(FindingsReaderTest, RefusesANewerVersionAndSaysWhatToDo) {
  const std::string problem =
      problem_of(R"({"format":"chansan-findings","version":99,"findings":[]})");
  EXPECT_NE(problem.find("version 99"), problem.npos) << problem;
  EXPECT_NE(problem.find("newer"), problem.npos) << problem;
}

TEST(FindingsReaderTest, NamesThePlaceOfAnError) {
  const std::string problem = problem_of(document_with(
      R"({"id":"race","level":"certain","message":"m",
          "accesses":[{"operation":"read","goroutine":"one"}]})"));
  EXPECT_NE(problem.find("findings[0].accesses[0].goroutine"), problem.npos)
      << problem;
}

TEST(FindingsReaderTest, RefusesWhatIsNoFindingsDocument) {
  for (const char* text :
       {"{", "[]", "{}", R"({"format":"other","version":1,"findings":[]})",
        R"({"format":"chansan-findings","findings":[]})",
        R"({"format":"chansan-findings","version":1})"}) {
    EXPECT_NE(problem_of(text), "") << text;
  }
  EXPECT_NE(problem_of(document_with(R"({"id":"race"})")), "");
  EXPECT_NE(problem_of(
                document_with(R"({"id":"race","level":"sure","message":"m"})")),
            "");
  EXPECT_NE(problem_of(document_with(
                R"({"id":"race","level":"maybe","message":"m","accesses":
                    [{"operation":"read","goroutine":1,"address":"12"}]})")),
            "");
}

TEST(FindingsReaderTest, EveryPrefixOfADocumentIsRefusedNotMisread) {
  const std::string whole = testdata("reports/race_heap.json");
  for (std::size_t size = 0; size + 1 < whole.size(); ++size) {
    problem_of(whole.substr(0, size));
  }
}

}  // namespace
}  // namespace chansan::testing
