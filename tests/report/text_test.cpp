#include <gtest/gtest.h>

#include "chansan/report.h"
#include "tests/report/samples.h"

namespace chansan::testing {
namespace {

// `text` without its colour sequences.
std::string stripped(const std::string& text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\033') {
      i = text.find('m', i);
    } else {
      plain += text[i];
    }
  }
  return plain;
}

TEST(TextTest, ColourChangesNoLetter) {
  for (const Sample& sample : samples()) {
    const std::string colored = to_text(sample.finding, Color::kAlways);
    EXPECT_NE(colored, to_text(sample.finding)) << sample.name;
    EXPECT_EQ(stripped(colored), to_text(sample.finding)) << sample.name;
  }
}

TEST(TextTest, RaceOfAnUnknownPlaceStillSaysWhoRaced) {
  Finding finding;
  finding.id = "race";
  finding.accesses = {{"write", 2, 0x10, 4, {}}, {"read", 3, 0x10, 4, {}}};
  EXPECT_EQ(to_text(finding),
            "==================\n"
            "WARNING: DATA RACE\n"
            "Write at 0x000000000010 by goroutine 2:\n"
            "  [stack not known]\n"
            "\n"
            "Previous read at 0x000000000010 by goroutine 3:\n"
            "  [stack not known]\n"
            "\n"
            "  [write of 4 bytes, previous read of 4 bytes]\n"
            "==================\n");
}

TEST(TextTest, StackOfTheLibraryAloneIsShownWhole) {
  Finding finding;
  finding.id = "panic";
  finding.message = "panic: boom";
  finding.goroutines = {{1,
                         "",
                         "running",
                         {{"csp::f", {"csp/f.h", 1, 0}, false, true}},
                         0,
                         {},
                         ""}};
  EXPECT_EQ(to_text(finding),
            "Panic in main goroutine: boom.\n"
            "\n"
            "panic: boom\n"
            "\n"
            "goroutine 1 [running]:\n"
            "csp::f()\n"
            "\tcsp/f.h:1\n");
}

TEST(TextTest, SourceStandsBelowItsPlace) {
  TextOptions options;
  options.source = [](const Location& location) {
    return location.line == 9 ? "  ++counter;" : "";
  };
  Finding race;
  race.id = "race";
  race.accesses = {{"write", 1, 0x10, 4, {{"main", {"a.cpp", 9, 3}}}},
                   {"read", 1, 0x10, 4, {{"main", {"a.cpp", 8, 3}}}}};
  const std::string text = to_text(race, options);
  EXPECT_NE(text.find("      a.cpp:9:3\n          ++counter;\n"), text.npos);
  EXPECT_NE(text.find("      a.cpp:8:3\n\n"), text.npos);

  Finding lint;
  lint.id = "check";
  lint.message = "wrong";
  lint.location = {"a.cpp", 9, 5};
  EXPECT_EQ(to_text(lint, options),
            "a.cpp:9:5: warning: wrong [chansan-check]\n"
            "  ++counter;\n"
            "    ^\n");
}

TEST(VerdictTest, CountsWhatEachGoroutineWaitsIn) {
  Finding finding;
  finding.id = "deadlock";
  for (const char* status : {"chan send", "select", "chan send"}) {
    finding.goroutines.push_back({2, "", status, {}, 1, {}, ""});
  }
  EXPECT_EQ(verdict(finding),
            "Deadlock: all 3 goroutines are blocked for ever (2 in chan send, "
            "1 in select).");
}

TEST(VerdictTest, IsTheFindingsOwnWhereItHasOne) {
  Finding finding;
  finding.id = "deadlock";
  finding.why = "Nobody can receive.";
  EXPECT_EQ(verdict(finding), "Nobody can receive.");
}

}  // namespace
}  // namespace chansan::testing
