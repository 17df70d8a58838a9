// Nothing is forgotten because others came and went, and they leave nothing.
#include <gtest/gtest.h>

#include "tests/support/scripted_detector.h"

namespace chansan::tests {
namespace {

using csp::seam::Event;
using csp::seam::EventKind;
using csp::seam::GoroutineId;

constexpr std::uint64_t kShared = 0x1000;
constexpr std::uint64_t kOwn = 0x2000;

Event go(GoroutineId from, GoroutineId to) {
  return {.kind = EventKind::kGoCreate, .goroutine = from, .other = to};
}

Event write(GoroutineId who, std::uint64_t where) {
  return {
      .kind = EventKind::kWrite, .goroutine = who, .object = where, .size = 8};
}

class FinishedTest : public testing::TestWithParam<int> {};

TEST_P(FinishedTest, RaceIsFoundAcrossFinishedGoroutines) {
  ScriptedDetector fast;
  GoroutineId last = 2;
  fast.consume(go(1, 2));
  fast.consume(write(2, kShared));
  fast.consume({.kind = EventKind::kGoEnd, .goroutine = 2});
  for (int i = 0; i < GetParam(); ++i) {
    fast.consume(go(1, ++last));
    fast.consume(write(last, kOwn + 8 * (last % 64)));
    // Cleared, as a recycled stack is: the next one's life has no history.
    fast.consume({.kind = EventKind::kAlloc,
                  .goroutine = last,
                  .object = kOwn,
                  .size = 64 * 8});
    fast.consume({.kind = EventKind::kGoEnd, .goroutine = last});
  }
  EXPECT_TRUE(fast.races().empty());
  fast.consume(write(1, kShared));
  ASSERT_EQ(fast.races().size(), 1u);
  EXPECT_EQ(fast.races()[0].earlier.goroutine, 2u);
  EXPECT_TRUE(fast.races()[0].earlier.ended);
  EXPECT_EQ(fast.detector().dropped(), 0u);
  // What is kept of the finished ones does not grow with their number.
  EXPECT_LE(fast.detector().lives(), 5000u);
  EXPECT_LE(fast.detector().chains(), 5000u);
}

INSTANTIATE_TEST_SUITE_P(Counts, FinishedTest,
                         testing::Values(0, 100, 10000, 1000000));

TEST(AliveTest, RaceOfTheFirstAndTheMillionth) {
  constexpr GoroutineId kLast = 1000000;
  ScriptedDetector fast;
  for (GoroutineId id = 2; id <= kLast; ++id) fast.consume(go(1, id));
  fast.consume(write(2, kShared));
  for (GoroutineId id = 3; id < kLast; ++id) {
    fast.consume(
        {.kind = EventKind::kRead, .goroutine = id, .object = kOwn, .size = 8});
  }
  fast.consume(write(kLast, kShared));
  ASSERT_EQ(fast.races().size(), 1u);
  EXPECT_EQ(fast.races()[0].earlier.goroutine, 2u);
  EXPECT_EQ(fast.races()[0].later.goroutine, kLast);
}

}  // namespace
}  // namespace chansan::tests
