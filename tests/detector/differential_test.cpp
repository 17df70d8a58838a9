// The detector against its reference on random executions.
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "tests/support/event_script.h"
#include "tests/support/random_events.h"
#include "tests/support/reference_detector.h"
#include "tests/support/scripted_detector.h"

namespace chansan::tests {
namespace {

// From the environment, so that a failure is replayed with its printed seed and
// a longer run needs no other binary.
std::uint64_t setting(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::stoull(text);
}

std::string tell(const Verdict& verdict) {
  std::string told;
  for (const auto& [spot, event] : verdict) {
    char line[80];
    std::snprintf(line, sizeof line, "  %s 0x%llx at event %zu\n",
                  spot.is_object ? "object" : "byte",
                  static_cast<unsigned long long>(spot.address), event);
    told += line;
  }
  return told.empty() ? "  no race\n" : told;
}

TEST(DifferentialTest, SameFirstRaceOnEveryByteAsTheReference) {
  const std::uint64_t first = setting("CHANSAN_TEST_SEED", 1);
  const std::uint64_t count = setting("CHANSAN_TEST_SCRIPTS", 100000);
  constexpr std::size_t kStepsMin = 8;
  constexpr std::size_t kStepsSpread = 72;
  std::uint64_t racy = 0;
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    const auto events = random_events(seed, kStepsMin + seed % kStepsSpread);
    ScriptedDetector fast;
    ReferenceDetector plain;
    for (const Event& event : events) {
      fast.consume(event);
      plain.consume(event);
    }
    racy += plain.verdict().empty() ? 0 : 1;
    ASSERT_EQ(fast.verdict(), plain.verdict())
        << "seed " << seed << ": replay with CHANSAN_TEST_SEED=" << seed
        << " CHANSAN_TEST_SCRIPTS=1\ndetector:\n"
        << tell(fast.verdict()) << "reference:\n"
        << tell(plain.verdict()) << "script:\n"
        << to_script(events);
    ASSERT_EQ(fast.detector().dropped(), 0u) << "seed " << seed;
  }
  // Both verdicts must be common, or the comparison would say little.
  if (count >= 1000) {
    EXPECT_GT(racy, count / 10);
    EXPECT_LT(racy, count - count / 10);
  }
}

TEST(DifferentialTest, SameEventsGiveTheSameRaces) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const auto events = random_events(seed, 80);
    ScriptedDetector one;
    ScriptedDetector two;
    for (const Event& event : events) one.consume(event);
    for (const Event& event : events) two.consume(event);
    ASSERT_EQ(one.races().size(), two.races().size()) << "seed " << seed;
    for (std::size_t i = 0; i < one.races().size(); ++i) {
      const race::Race& a = one.races()[i];
      const race::Race& b = two.races()[i];
      EXPECT_EQ(a.granule, b.granule);
      EXPECT_EQ(a.overlap, b.overlap);
      EXPECT_EQ(a.later.context, b.later.context);
      EXPECT_EQ(a.earlier.context, b.earlier.context);
      EXPECT_EQ(a.earlier.goroutine, b.earlier.goroutine);
    }
  }
}

// Of the earlier access of a race, everything that a report tells is right:
// who, where, and that it was before.
TEST(DifferentialTest, BothSidesOfARaceAreEventsOfTheScript) {
  for (std::uint64_t seed = 1; seed <= 2000; ++seed) {
    auto events = random_events(seed, 80);
    // Told apart by where they are.
    for (std::size_t i = 0; i < events.size(); ++i) events[i].pc = i + 1;
    ScriptedDetector fast;
    for (const Event& event : events) fast.consume(event);
    for (const race::Race& race : fast.races()) {
      const auto later = fast.detector().stack(race.later.context);
      const auto earlier = fast.detector().stack(race.earlier.context);
      ASSERT_EQ(later.size(), 1u);
      ASSERT_EQ(earlier.size(), 1u);
      ASSERT_LT(earlier[0], later[0]) << "seed " << seed;
      EXPECT_EQ(events[later[0] - 1].goroutine, race.later.goroutine);
      EXPECT_EQ(events[earlier[0] - 1].goroutine, race.earlier.goroutine);
    }
  }
}

}  // namespace
}  // namespace chansan::tests
