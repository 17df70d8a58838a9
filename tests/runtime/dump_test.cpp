// What a program says that others end: dump_on_term, hang_after.
#include <gtest/gtest.h>
#include <signal.h>

#include <string>

#include "tests/runtime/run_program.h"

namespace csp::test {
namespace {

constexpr int kByTerm = 128 + SIGTERM;

Ended run(const std::string& options, const std::string& mode) {
  return run_program(options, DUMP_PROGRAM " " + mode);
}

void expect_dump(const std::string& output, const std::string& first_line) {
  EXPECT_EQ(output.rfind(first_line + "\n\n", 0), 0U) << output;
  for (const char* part : {"\ngoroutine 1 [", "\ngoroutine 2 [chan receive]:\n",
                           "wait_on(", "dump_program.cpp:12 "}) {
    EXPECT_NE(output.find(part), std::string::npos) << part << "\n" << output;
  }
}

TEST(DumpTest, TermTellsWhoWaitsAndStillEndsTheProgram) {
  const Ended ended = run("dump_on_term=1", "term");
  EXPECT_EQ(ended.status, kByTerm);
  expect_dump(ended.output, "SIGTERM: termination");
}

TEST(DumpTest, TermEndsAnOrdinaryProgramWithoutAWord) {
  const Ended ended = run("dump_on_term=auto", "term");
  EXPECT_EQ(ended.status, kByTerm);
  EXPECT_EQ(ended.output, "");
}

TEST(DumpTest, TheProgramsOwnHandlerStays) {
  const Ended ended = run("dump_on_term=1", "handler");
  EXPECT_EQ(ended.status, 5);
  EXPECT_EQ(ended.output, "");
}

TEST(DumpTest, AProgramThatDoesNotEndIsEnded) {
  // Time enough for a busy machine to come to where it hangs.
  const Ended ended = run("hang_after=2.5", "hang");
  EXPECT_EQ(ended.status, 2);
  expect_dump(ended.output,
              "fatal error: not ended after hang_after=2.5 seconds");
}

}  // namespace
}  // namespace csp::test
