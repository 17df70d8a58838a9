#include "tool/explain/race_reader.h"

#include <gtest/gtest.h>

#include "chansan/report.h"
#include "tests/command/files.h"

namespace chansan::testing {
namespace {

TEST(RaceReaderTest, OurOwnTextComesBackAsItWas) {
  for (const char* name : {"race_global", "race_heap", "race_stack"}) {
    const std::string text = testdata("reports/" + std::string(name) + ".txt");
    const auto races = read_races("output\n" + text + "more output\n");
    ASSERT_EQ(races.size(), 1u) << name;
    EXPECT_EQ(to_text(races[0]), text);
  }
}

TEST(RaceReaderTest, ReadsGo) {
  const auto races = read_races(testdata("reports/go_race.txt"));
  ASSERT_EQ(races.size(), 1u);
  const Finding& race = races[0];
  ASSERT_EQ(race.accesses.size(), 2u);
  EXPECT_EQ(race.accesses[0].operation, "write");
  EXPECT_EQ(race.accesses[0].goroutine, 7u);
  EXPECT_EQ(race.accesses[0].address, 0xc000016098u);
  ASSERT_EQ(race.accesses[0].stack.size(), 2u);
  EXPECT_EQ(race.accesses[0].stack[0].function, "main.worker");
  EXPECT_EQ(race.accesses[1].goroutine, 1u);
  EXPECT_EQ(race.location, (Location{"/home/user/count/main.go", 9, 0}));
  ASSERT_EQ(race.goroutines.size(), 2u);
  EXPECT_EQ(race.goroutines[0].status, "running");
  EXPECT_EQ(race.goroutines[0].created_at[0].location.line, 15u);
}

TEST(RaceReaderTest, ReadsThreadSanitizer) {
  const auto races = read_races(testdata("reports/tsan_race.txt"));
  ASSERT_EQ(races.size(), 1u);
  const Finding& race = races[0];
  ASSERT_EQ(race.accesses.size(), 2u);
  EXPECT_EQ(race.accesses[0].size, 4u);
  EXPECT_EQ(race.accesses[0].goroutine, 2u);
  EXPECT_EQ(race.accesses[0].stack[0].function, "increment");
  EXPECT_EQ(race.accesses[0].stack[0].location,
            (Location{"/home/user/count/main.cpp", 9, 5}));
  EXPECT_EQ(race.accesses[1].operation, "read");
  EXPECT_EQ(race.accesses[1].goroutine, 1u);
  EXPECT_EQ(race.memory.kind, Memory::Kind::kGlobal);
  EXPECT_EQ(race.memory.name, "counter");
  EXPECT_EQ(race.memory.size, 4u);
  EXPECT_EQ(race.goroutines[0].name, "thread T1");
  EXPECT_EQ(race.goroutines[0].creator, 1u);
  EXPECT_TRUE(race.goroutines[0].created_at[0].library);
  EXPECT_EQ(race.goroutines[0].created_at[1].location.line, 20u);
}

TEST(RaceReaderTest, EveryPrefixIsReadWithoutAFault) {
  for (const char* name : {"go_race", "tsan_race", "race_heap"}) {
    const std::string whole = testdata("reports/" + std::string(name) + ".txt");
    for (std::size_t size = 0; size <= whole.size(); size += 7) {
      EXPECT_LE(read_races(whole.substr(0, size)).size(), 1u);
    }
  }
}

TEST(RaceReaderTest, OtherTextHasNoRace) {
  EXPECT_TRUE(read_races("").empty());
  EXPECT_TRUE(read_races("WARNING: DATA RACE\n").empty());
  EXPECT_TRUE(read_races("==================\nnothing\n").empty());
}

}  // namespace
}  // namespace chansan::testing
