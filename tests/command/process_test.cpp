#include "tool/common/process.h"

#include <gtest/gtest.h>
#include <signal.h>

namespace chansan {
namespace {

TEST(ProcessTest, TellsTheExitStatus) {
  Ended ended;
  ASSERT_FALSE(run_and_wait({"sh", "-c", "exit 7"}, ended));
  EXPECT_EQ(ended.status, 7);
  EXPECT_EQ(ended.signal, 0);
}

TEST(ProcessTest, TellsTheSignal) {
  Ended ended;
  ASSERT_FALSE(run_and_wait({"sh", "-c", "kill -TERM $$"}, ended));
  EXPECT_EQ(ended.signal, SIGTERM);
}

TEST(ProcessTest, ReadsStandardOutputOnly) {
  Ended ended;
  std::string output;
  ASSERT_FALSE(
      run_and_read({"sh", "-c", "echo out; echo err >&2"}, output, ended));
  EXPECT_EQ(output, "out\n");
}

TEST(ProcessTest, SaysThatThereIsNoSuchProgram) {
  Ended ended;
  EXPECT_EQ(run_and_wait({"/nonexistent/program"}, ended),
            std::errc::no_such_file_or_directory);
}

TEST(ProcessTest, EndAlikeDiesOfTheSameSignal) {
  EXPECT_EXIT(end_alike({0, SIGTERM}), ::testing::KilledBySignal(SIGTERM), "");
}

TEST(ShellLineTest, QuotesWhatAShellWouldTakeApart) {
  EXPECT_EQ(shell_line({"c++", "-DX=a b", "it's", "", "a.cpp"}),
            "c++ '-DX=a b' 'it'\\''s' '' a.cpp");
}

}  // namespace
}  // namespace chansan
