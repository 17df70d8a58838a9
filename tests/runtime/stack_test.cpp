// How far stacks grow, and that they are given back.
#include <gtest/gtest.h>

#include <string>

#include "tests/runtime/run_program.h"

namespace csp::test {
namespace {

Ended run(const std::string& options, const std::string& mode) {
  return run_program(options, STACK_PROGRAM " " + mode);
}

TEST(StackTest, OptionThatIsNoSizeIsRefused) {
  for (const char* wrong : {"stack_kb=8", "stack_kb=2097152", "stack_kb=x"}) {
    const Ended refused = run(wrong, "default 1");
    EXPECT_EQ(refused.status, 2);
    EXPECT_NE(refused.output.find("is not a number from 16 to 1048576"),
              std::string::npos)
        << refused.output;
  }
}

TEST(StackTest, GoroutineMayAskForAStackOfItsOwn) {
  EXPECT_EQ(run("", "own 12000").output, "done\n");
}

TEST(StackTest, NoMemoryForAnOwnStackIsBadAllocAndNothingElse) {
  EXPECT_EQ(run("", "huge").output, "no memory\ndone\n");
}

#ifndef __has_feature
#define __has_feature(feature) 0  // gcc
#endif
// AddressSanitizer makes frames larger, and keeps memory.
#if !defined(__SANITIZE_ADDRESS__) && !__has_feature(address_sanitizer)
TEST(StackTest, DefaultIs256Kilobytes) {
  EXPECT_EQ(run("", "default 200").output, "done\n");
  const Ended over = run("", "default 400");
  EXPECT_EQ(over.status, 2);
  EXPECT_NE(over.output.find("fatal error: stack overflow"), std::string::npos)
      << over.output;
}

TEST(StackTest, OptionSetsTheSizeOfAll) {
  EXPECT_EQ(run("stack_kb=2048", "default 1500").output, "done\n");
  EXPECT_EQ(run("stack_kb=64", "default 100").status, 2);
}

TEST(StackTest, OverflowOfAnOwnStackNamesItsGoroutine) {
  const Ended over = run("", "own 17000");
  EXPECT_EQ(over.status, 2);
  EXPECT_NE(over.output.find("fatal error: stack overflow"), std::string::npos)
      << over.output;
  EXPECT_NE(over.output.find("digger"), std::string::npos) << over.output;
}

TEST(StackTest, MemoryOfManyIsGivenBackAfterTheyHaveEnded) {
  EXPECT_EQ(run("", "many").output, "given back\ndone\n");
}

TEST(StackTest, OwnStacksAreGivenBack) {
  EXPECT_EQ(run("", "large").output, "given back\ndone\n");
}

TEST(StackTest, DepthThatIsLongIdleIsGivenBack) {
  EXPECT_EQ(run("stack_idle_ms=50", "deep").output, "given back\ndone\n");
}
#endif

}  // namespace
}  // namespace csp::test
