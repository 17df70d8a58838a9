// Under a limit the oldest accesses are forgotten and counted; what is found is
// still a race.
#include <gtest/gtest.h>

#include <string>

#include "tests/support/event_script.h"
#include "tests/support/random_events.h"
#include "tests/support/reference_detector.h"
#include "tests/support/scripted_detector.h"

namespace chansan::tests {
namespace {

using csp::seam::Event;
using csp::seam::EventKind;
using csp::seam::GoroutineId;

constexpr std::uint64_t kMegabyte = 1 << 20;
constexpr std::uint64_t kPage = 4096;
constexpr std::uint64_t kFirst = 0x10000;
constexpr std::uint64_t kFar = std::uint64_t{1} << 40;

Event go(GoroutineId from, GoroutineId to) {
  return {.kind = EventKind::kGoCreate, .goroutine = from, .other = to};
}

Event write(GoroutineId who, std::uint64_t where) {
  return {
      .kind = EventKind::kWrite, .goroutine = who, .object = where, .size = 8};
}

// Goroutine 1 writes to so many pages.
void walk(ScriptedDetector& detector, std::uint64_t pages) {
  for (std::uint64_t i = 0; i < pages; ++i) {
    detector.consume(write(1, kFar + i * kPage));
  }
}

TEST(EvictionTest, ShadowStaysBelowTheLimitAndTheLossIsCounted) {
  ScriptedDetector limited;
  limited.detector().limit_memory(4 * kMegabyte);
  for (int i = 0; i < 8; ++i) {
    walk(limited, 4096);
    EXPECT_LE(limited.detector().shadow_bytes(), 4 * kMegabyte);
  }
  // Nearly all of the pages are forgotten each time.
  EXPECT_GT(limited.detector().dropped(), 8 * 3000u);
  EXPECT_EQ(limited.detector().dropped(), limited.detector().forgotten());
  EXPECT_TRUE(limited.races().empty());
}

TEST(EvictionTest, NothingIsForgottenThatFits) {
  ScriptedDetector limited;
  limited.detector().limit_memory(64 * kMegabyte);
  limited.consume(go(1, 2));
  limited.consume(write(2, kFirst));
  walk(limited, 1024);
  EXPECT_EQ(limited.detector().dropped(), 0u);
  limited.consume(write(1, kFirst));
  EXPECT_EQ(limited.races().size(), 1u);
}

TEST(EvictionTest, RaceOfRecentAccessesIsFoundAndOfOldOnesMissed) {
  ScriptedDetector limited;
  limited.detector().limit_memory(4 * kMegabyte);
  limited.consume(go(1, 2));
  limited.consume(write(2, kFirst));
  walk(limited, 4096);
  limited.consume(write(1, kFirst));
  EXPECT_TRUE(limited.races().empty());
  limited.consume(write(2, kFirst + kMegabyte));
  walk(limited, 16);
  limited.consume(write(1, kFirst + kMegabyte));
  EXPECT_EQ(limited.races().size(), 1u);
}

TEST(EvictionTest, WhatIsTouchedNowAndThenIsKept) {
  ScriptedDetector limited;
  limited.detector().limit_memory(4 * kMegabyte);
  limited.consume(go(1, 2));
  limited.consume(write(2, kFirst));
  for (std::uint64_t i = 0; i < 4096; ++i) {
    limited.consume(write(1, kFar + i * kPage));
    // A neighbour in the same page, each time anew.
    if (i % 8 != 0) continue;
    limited.consume(
        {.kind = EventKind::kRelease, .goroutine = 1, .object = kFar - 64});
    limited.consume(write(1, kFirst + 64));
  }
  EXPECT_GT(limited.detector().dropped(), 0u);
  limited.consume(write(1, kFirst));
  EXPECT_EQ(limited.races().size(), 1u);
}

TEST(EvictionTest, CrowdedGranulesAndStacksAreForgottenToo) {
  ScriptedDetector limited;
  limited.detector().limit_memory(kMegabyte / 2);
  constexpr std::uint64_t kStack = std::uint64_t{1} << 41;
  limited.detector().begin_stack(kStack, 256 * 1024);
  for (GoroutineId id = 2; id < 40; ++id) limited.consume(go(1, id));
  for (std::uint64_t page = 0; page < 64; ++page) {
    for (GoroutineId id = 2; id < 40; ++id) {
      limited.consume({.kind = EventKind::kRead,
                       .goroutine = id,
                       .object = kStack + page * kPage,
                       .size = 8});
    }
  }
  EXPECT_LE(limited.detector().shadow_bytes(), kMegabyte / 2);
  EXPECT_GT(limited.detector().dropped(), 0u);
  EXPECT_EQ(limited.detector().dropped() % 38, 0u);
  walk(limited, 1024);
  limited.consume(write(1, kStack));
  EXPECT_TRUE(limited.races().empty());
}

// Whatever is forgotten meanwhile, each race is one of the whole execution.
TEST(EvictionTest, NoRaceIsInventedInRandomExecutions) {
  constexpr std::uint64_t kScripts = 500;
  constexpr GoroutineId kWalker = 1000000;
  std::uint64_t found = 0;
  std::uint64_t missed = 0;
  for (std::uint64_t seed = 1; seed <= kScripts; ++seed) {
    const auto events = random_events(seed, 80);
    ScriptedDetector limited;
    limited.detector().limit_memory(kMegabyte / 8);
    ReferenceDetector plain;
    std::uint64_t pages = 0;
    for (const Event& event : events) {
      limited.consume(event);
      plain.consume(event);
      if ((seed + pages) % 3 == 0) {
        limited.consume(write(kWalker, kFar + pages * 8 * kPage));
      }
      ++pages;
    }
    for (const auto& [spot, when] : limited.verdict()) {
      ASSERT_TRUE(plain.verdict().contains(spot))
          << "seed " << seed << ", script:\n"
          << to_script(events);
    }
    found += limited.verdict().size();
    missed += plain.verdict().size() - limited.verdict().size();
  }
  EXPECT_GT(found, 0u);
  EXPECT_GT(missed, 0u);
}

}  // namespace
}  // namespace chansan::tests
