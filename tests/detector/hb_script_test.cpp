// Each file in testdata/hb is one execution; its name is the verdict.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "tests/support/event_script.h"
#include "tests/support/reference_detector.h"
#include "tests/support/scripted_detector.h"

namespace chansan::tests {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> scripts() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(CHANSAN_HB_FOLDER)) {
    if (entry.path().extension() == ".evt") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

class HbScriptTest : public testing::TestWithParam<fs::path> {};

TEST_P(HbScriptTest, VerdictMatchesFileName) {
  ScriptedDetector fast;
  ReferenceDetector plain;
  for (const Event& event : parse_script_file(GetParam())) {
    fast.consume(event);
    plain.consume(event);
  }
  const bool race = GetParam().stem().string().starts_with("race_");
  EXPECT_EQ(!fast.verdict().empty(), race);
  EXPECT_EQ(fast.verdict(), plain.verdict())
      << "the detector left its reference";
}

INSTANTIATE_TEST_SUITE_P(Scripts, HbScriptTest, testing::ValuesIn(scripts()),
                         [](const testing::TestParamInfo<fs::path>& script) {
                           std::string name = script.param.stem().string();
                           std::replace_if(
                               name.begin(), name.end(),
                               [](unsigned char letter) {
                                 return std::isalnum(letter) == 0;
                               },
                               '_');
                           return name;
                         });

std::vector<std::string> lines_of(const fs::path& file) {
  std::ifstream in(file);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with("#") && !line.empty()) lines.push_back(line);
  }
  return lines;
}

// A pair says what makes the difference: one line, changed, added or moved.
TEST(HbPairTest, TwinsDifferInOneLine) {
  for (const fs::path& racy : scripts()) {
    const std::string name = racy.filename().string();
    if (!name.starts_with("race_")) continue;
    const fs::path clean = racy.parent_path() / ("no" + name);
    ASSERT_TRUE(fs::exists(clean)) << name << " has no twin";
    std::vector<std::string> a = lines_of(racy);
    std::vector<std::string> b = lines_of(clean);
    std::sort(a.begin(), a.end());
    std::sort(b.begin(), b.end());
    std::vector<std::string> only_a;
    std::vector<std::string> only_b;
    std::set_difference(a.begin(), a.end(), b.begin(), b.end(),
                        std::back_inserter(only_a));
    std::set_difference(b.begin(), b.end(), a.begin(), a.end(),
                        std::back_inserter(only_b));
    EXPECT_LE(only_a.size(), 1u) << name;
    EXPECT_LE(only_b.size(), 1u) << name;
    EXPECT_NE(lines_of(racy), lines_of(clean)) << name;
  }
}

// The ids of docs: each happens-before edge has at least one pair.
TEST(HbPairTest, EveryEdgeHasAPair) {
  const std::set<std::string> edges{"go.start",
                                    "chan.send-recv",
                                    "chan.recv-send",
                                    "chan.close-recv",
                                    "select",
                                    "mutex",
                                    "rwmutex",
                                    "wg",
                                    "once",
                                    "cond",
                                    "sem",
                                    "timer",
                                    "context",
                                    "atomic",
                                    "static-init",
                                    "thread",
                                    "memory"};
  std::set<std::string> seen;
  for (const fs::path& file : scripts()) {
    std::string name = file.stem().string();
    if (!name.starts_with("race_")) continue;
    name = name.substr(sizeof("race_") - 1);
    const std::string edge = name.substr(0, name.find('_'));
    EXPECT_TRUE(edges.contains(edge)) << file << " is of no edge";
    seen.insert(edge);
  }
  EXPECT_EQ(seen, edges);
}

TEST(EventScriptTest, ErrorNamesItsLine) {
  try {
    parse_script("1 go 2\n1 jump\n");
    FAIL() << "an unknown verb was taken";
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(), "line 2: 'jump' is not a verb");
  }
}

TEST(EventScriptTest, SlotsAreCountedRoundTheRing) {
  const auto events = parse_script(
      "1 make c 2\n1 send c\n1 send c\n2 recv c\n1 send c\n2 recv c\n");
  std::vector<std::uint32_t> slots;
  for (const Event& event : events) slots.push_back(event.index);
  EXPECT_EQ(slots, (std::vector<std::uint32_t>{0, 0, 1, 0, 0, 1}));
}

}  // namespace
}  // namespace chansan::tests
