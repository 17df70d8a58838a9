#include "detector/src/waits/stuck.h"

#include <gtest/gtest.h>

namespace chansan::waits {
namespace {

Waiting waiting(std::uint64_t id, const char* status, std::uint64_t object) {
  Waiting one;
  one.goroutine.id = id;
  one.goroutine.status = status;
  one.goroutine.stack = {{"body", {"main.cpp", 10, 3}, false, false}};
  one.object = object;
  return one;
}

TEST(StuckTest, MainThatReceivesNeedsASender) {
  const Finding finding = judge(
      End::kDeadlock, "fatal error: all goroutines are asleep - deadlock!",
      {waiting(1, "chan receive", 0x100)});
  EXPECT_EQ(finding.id, "deadlock");
  EXPECT_EQ(finding.message,
            "fatal error: all goroutines are asleep - deadlock!");
  EXPECT_EQ(finding.hint,
            "no goroutine is left that could send on the channel or close it, "
            "which the main goroutine waits for (chan receive)");
  EXPECT_EQ(finding.goroutines.at(0).waits_for, "channel");
  EXPECT_EQ(finding.location, (Location{"main.cpp", 10, 3}));
}

TEST(StuckTest, WaitersOfOneObjectAreSeenTogether) {
  const Finding finding = judge(
      End::kDeadlock, "",
      {waiting(1, "chan receive", 0x100), waiting(2, "chan receive", 0x200),
       waiting(3, "chan send", 0x200), waiting(4, "sync.Mutex.Lock", 0x300)});
  EXPECT_EQ(finding.goroutines.at(0).waits_for, "channel 1");
  EXPECT_EQ(finding.goroutines.at(1).waits_for, "channel 2, as 1 other does");
  EXPECT_EQ(finding.goroutines.at(2).waits_for, "channel 2, as 1 other does");
  EXPECT_EQ(finding.goroutines.at(3).waits_for, "mutex");
}

TEST(StuckTest, NilChannelCannotBeHelped) {
  const Finding finding =
      judge(End::kDeadlock, "", {waiting(7, "chan receive (nil chan)", 0)});
  EXPECT_EQ(finding.hint,
            "goroutine 7 waits for something that cannot happen: chan receive "
            "(nil chan)");
  EXPECT_EQ(finding.goroutines.at(0).waits_for, "");
}

TEST(StuckTest, PanicIsNotADeadlock) {
  const Finding finding =
      judge(End::kPanic, "panic: send on closed channel",
            {waiting(1, "running", 0), waiting(2, "chan receive", 0x100)});
  EXPECT_EQ(finding.id, "panic");
  EXPECT_EQ(finding.hint, "");
  EXPECT_EQ(finding.goroutines.size(), 2u);
}

TEST(StuckTest, FatalErrorHasItsOwnId) {
  EXPECT_EQ(judge(End::kFatalError, "fatal error: x", {}).id, "fatal");
}

}  // namespace
}  // namespace chansan::waits
