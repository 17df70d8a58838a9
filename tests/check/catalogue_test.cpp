// A check is whole when its file, its page and its programs are there.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tool/check/check_list.h"

namespace chansan::check {
namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& file) {
  std::ifstream in(file);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

class Catalogue : public testing::TestWithParam<CheckInfo> {
 protected:
  const fs::path source_ = CHANSAN_SOURCE_DIR;
  const std::string id_{GetParam().id};
};

TEST_P(Catalogue, HasItsFile) {
  std::string file = id_;
  std::ranges::replace(file, '-', '_');
  const fs::path path = source_ / "tool/check/checks" / (file + ".cpp");
  ASSERT_TRUE(fs::exists(path)) << path;
  EXPECT_TRUE(read(path).starts_with("// " + id_ + ": "))
      << "the file begins with what the check flags";
}

TEST_P(Catalogue, HasItsPage) {
  const std::string page = read(source_ / "docs/checks" / (id_ + ".md"));
  EXPECT_TRUE(page.starts_with("# " + id_ + "\n"));
  for (const char* part : {"## Wrong\n", "## Right\n", "## Why\n",
                           "## Known wrong verdicts\n", "## Silencing\n"})
    EXPECT_NE(page.find(part), std::string::npos) << part;
}

TEST_P(Catalogue, HasProgramsThatAreTested) {
  const std::string listed = "\n" + read(CHANSAN_WANTED);
  bool bad = false;
  bool good = false;
  for (const auto& entry :
       fs::directory_iterator(source_ / "testdata/checks" / id_)) {
    const std::string name = entry.path().stem();
    const bool wants = read(entry.path()).find("// want ") != std::string::npos;
    EXPECT_EQ(wants, name.starts_with("bad")) << name;
    const std::string test = "\nchecks/" + id_ + "/" + name + "\n";
    EXPECT_NE(listed.find(test), std::string::npos)
        << name << " is not listed in tests/check/CMakeLists.txt";
    bad = bad || name.starts_with("bad");
    good = good || name.starts_with("good");
  }
  EXPECT_TRUE(bad) << "a program that the check flags";
  EXPECT_TRUE(good) << "a program that it is silent on";
}

INSTANTIATE_TEST_SUITE_P(All, Catalogue, testing::ValuesIn(all_checks()),
                         [](const auto& info) {
                           std::string name{info.param.id};
                           std::erase(name, '-');
                           return name;
                         });

}  // namespace
}  // namespace chansan::check
