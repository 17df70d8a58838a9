#include "tool/run/collect.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "tests/command/files.h"
#include "tool/common/scratch.h"
#include "tool/run/child.h"

namespace chansan::testing {
namespace {

void write(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

TEST(CollectTest, BringsTheDocumentsOfAllProcessesTogether) {
  const auto scratch = Scratch::make();
  ASSERT_TRUE(scratch);
  write(scratch->path() + "/report.1", testdata("reports/race_global.json"));
  write(scratch->path() + "/report.2", testdata("reports/race_heap.json"));
  write(scratch->path() + "/report.3", "");
  std::vector<std::string> problems;
  const Document whole = collect_reports(scratch->path(), problems);
  EXPECT_TRUE(problems.empty());
  EXPECT_EQ(whole.findings.size(), 2u);
  EXPECT_EQ(whole.summary.dropped, 6u);
}

TEST(CollectTest, SaysThatABrokenReportIsLost) {
  const auto scratch = Scratch::make();
  ASSERT_TRUE(scratch);
  write(scratch->path() + "/report.1", "{\"format\":");
  std::vector<std::string> problems;
  EXPECT_TRUE(collect_reports(scratch->path(), problems).findings.empty());
  EXPECT_EQ(problems.size(), 1u);
}

TEST(CollectTest, DumpIsAddedOnceOnly) {
  Document document;
  add_dumps(document, testdata("dumps/csp_deadlock.txt"));
  ASSERT_EQ(document.findings.size(), 1u);
  add_dumps(document, testdata("dumps/csp_deadlock.txt"));
  EXPECT_EQ(document.findings.size(), 1u);
}

TEST(ChildTest, KeepsWhatPassesThroughStandardError) {
  ChildResult result;
  ASSERT_FALSE(run_child({"sh", "-c", "echo kept >&2; exit 3"}, Errors::kCopied,
                         result));
  EXPECT_EQ(result.errors, "kept\n");
  EXPECT_EQ(result.ended.status, 3);
}

TEST(ChildTest, DoesNotWaitForWhatTheProgramLeavesBehind) {
  ChildResult result;
  // The background process holds the pipe open until its own input, which is
  // another pipe of this test, is closed.
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const std::string command =
      "cat <&" + std::to_string(ends[0]) + " >/dev/null & exit 4";
  ASSERT_FALSE(run_child({"sh", "-c", command}, Errors::kCopied, result));
  EXPECT_EQ(result.ended.status, 4);
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST(ChildTest, SaysThatThereIsNoSuchProgram) {
  ChildResult result;
  EXPECT_EQ(run_child({"/nonexistent/program"}, Errors::kOurs, result),
            std::errc::no_such_file_or_directory);
}

}  // namespace
}  // namespace chansan::testing
