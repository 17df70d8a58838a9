// The text and the JSON of one finding of each form, to the byte.
// UPDATE_GOLDEN=1 rewrites the files in testdata/reports/.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "chansan/report.h"
#include "tests/report/samples.h"

namespace chansan::testing {
namespace {

std::string golden_path(const std::string& name) {
  return std::string(CHANSAN_REPORTS_DIR) + "/" + name;
}

void expect_golden(const std::string& name, const std::string& actual) {
  if (std::getenv("UPDATE_GOLDEN") != nullptr) {
    std::ofstream(golden_path(name), std::ios::binary) << actual;
    return;
  }
  std::ifstream file(golden_path(name), std::ios::binary);
  ASSERT_TRUE(file) << "no " << name << ": run with UPDATE_GOLDEN=1";
  std::ostringstream expected;
  expected << file.rdbuf();
  EXPECT_EQ(expected.str(), actual);
}

class GoldenTest : public ::testing::TestWithParam<Sample> {};

TEST_P(GoldenTest, TextIsAsReviewed) {
  expect_golden(GetParam().name + ".txt", to_text(GetParam().finding));
}

TEST_P(GoldenTest, JsonIsAsReviewed) {
  Summary summary{"run", "./program", 3, "1 data race; 3 accesses dropped"};
  expect_golden(GetParam().name + ".json",
                to_json({&GetParam().finding, 1}, summary));
}

INSTANTIATE_TEST_SUITE_P(Forms, GoldenTest, ::testing::ValuesIn(samples()),
                         [](const auto& each) { return each.param.name; });

TEST(GoldenTest, AllFindingsMakeOneDocument) {
  std::vector<Finding> findings;
  for (const Sample& sample : samples()) findings.push_back(sample.finding);
  expect_golden("all.json", to_json(findings, {"check", "src", 0, ""}));
}

}  // namespace
}  // namespace chansan::testing
