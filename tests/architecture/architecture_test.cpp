// The arrows hold; and a tree in which they do not is told from ours.
#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <sstream>

#include "tests/architecture/include_rules.h"

namespace chansan::testing {
namespace {

namespace fs = std::filesystem;

// A tree of one file, removed at the end.
class Tree {
 public:
  Tree(const std::string& file, const std::string& text)
      : root_(fs::path(::testing::TempDir()) /
              ("chansan-tree-" +
               std::to_string(std::hash<std::string>()(file + "\n" + text)))) {
    fs::create_directories((root_ / file).parent_path());
    std::ofstream(root_ / file) << text;
  }
  Tree(const Tree&) = delete;
  Tree& operator=(const Tree&) = delete;
  ~Tree() { fs::remove_all(root_); }

  const fs::path& root() const { return root_; }

 private:
  fs::path root_;
};

std::size_t violations(const std::string& file, const std::string& include) {
  const Tree tree(file, "#include " + include + "\n");
  return include_violations(tree.root()).size();
}

TEST(ArchitectureTest, EveryIncludeFollowsAnArrow) {
  for (const std::string& violation : include_violations(CHANSAN_SOURCE_DIR)) {
    ADD_FAILURE() << violation;
  }
  EXPECT_GT(checked_files(CHANSAN_SOURCE_DIR), 50u);
}

TEST(ArchitectureTest, RuntimeMayNotLookUp) {
  EXPECT_EQ(violations("runtime/src/a.cpp", "\"detector/src/race/clock.h\""),
            1u);
  EXPECT_EQ(violations("runtime/src/a.cpp", "\"chansan/finding.h\""), 1u);
  EXPECT_EQ(violations("runtime/src/a.cpp", "\"tool/common/process.h\""), 1u);
  EXPECT_EQ(violations("runtime/src/a.cpp", "<llvm/ADT/StringRef.h>"), 1u);
  EXPECT_EQ(violations("runtime/src/a.cpp", "\"runtime/src/b.h\""), 0u);
  EXPECT_EQ(violations("runtime/src/a.cpp", "\"csp/chan.h\""), 0u);
}

TEST(ArchitectureTest, PublicHeadersStandAlone) {
  const std::string header = "runtime/include/csp/a.h";
  EXPECT_EQ(violations(header, "\"runtime/event.h\""), 1u);
  EXPECT_EQ(violations(header, "\"csp/chan.h\""), 0u);
  EXPECT_EQ(violations(header, "<vector>"), 0u);
  EXPECT_EQ(violations("detector/include/chansan/a.h",
                       "\"detector/src/report/names.h\""),
            1u);
}

TEST(ArchitectureTest, DetectorSeesTheSeamOnly) {
  const std::string file = "detector/src/race/a.cpp";
  EXPECT_EQ(violations(file, "\"runtime/event.h\""), 0u);
  EXPECT_EQ(violations(file, "\"runtime/hooks.h\""), 1u);
  EXPECT_EQ(
      violations("detector/src/instrument/attach.cpp", "\"runtime/hooks.h\""),
      0u);
  EXPECT_EQ(violations(file, "\"runtime/src/scheduler.h\""), 1u);
  EXPECT_EQ(violations(file, "\"csp/chan.h\""), 1u);
  EXPECT_EQ(violations(file, "<clang/AST/Decl.h>"), 1u);
  EXPECT_EQ(violations(file, "\"tool/common/process.h\""), 1u);
}

TEST(ArchitectureTest, ToolSeesFindingsOnly) {
  const std::string file = "tool/check/a.cpp";
  EXPECT_EQ(violations(file, "\"chansan/finding.h\""), 0u);
  EXPECT_EQ(violations(file, "\"detector/src/report/names.h\""), 1u);
  EXPECT_EQ(violations(file, "\"runtime/event.h\""), 1u);
  EXPECT_EQ(violations(file, "<llvm/ADT/StringRef.h>"), 0u);
}

TEST(ArchitectureTest, OddlyWrittenIncludesAreSeenToo) {
  const Tree tree("runtime/src/a.cpp", "  #  include\t\"tool/b.h\" // why\n");
  EXPECT_EQ(include_violations(tree.root()).size(), 1u);
}

// What CMake wrote: one line for each target of runtime/ and detector/, with
// all that it links.
TEST(ArchitectureTest, NothingThatAProgramLinksNeedsLlvm) {
  const std::regex llvm("(^|[^a-z])(LLVM|clang|lldb)", std::regex::icase);
  EXPECT_TRUE(std::regex_search("csp: LLVM", llvm));
  EXPECT_TRUE(std::regex_search("csp: m;clang-cpp", llvm));
  std::ifstream file(CHANSAN_LINK_LIST);
  ASSERT_TRUE(file) << CHANSAN_LINK_LIST;
  bool csp_seen = false;
  for (std::string line; std::getline(file, line);) {
    EXPECT_FALSE(std::regex_search(line, llvm)) << line;
    csp_seen |= line.starts_with("csp: ");
  }
  EXPECT_TRUE(csp_seen);
}

}  // namespace
}  // namespace chansan::testing
