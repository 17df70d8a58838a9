// What a user sees of `chansan check`: its exit status and where it writes.
#include "tool/check/command.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace chansan {
namespace {

namespace fs = std::filesystem;

constexpr const char* kClean = "int main() { return 0; }\n";
constexpr const char* kRacy =
    "#include <thread>\n"
    "int shared;\n"
    "int main() {\n"
    "  std::thread other([] { shared = 1; });\n"
    "  shared = 2;\n"
    "  other.join();\n"
    "}\n";

struct Ran {
  int status = 0;
  std::string out;
  std::string err;
};

class CheckCommand : public testing::Test {
 protected:
  CheckCommand() {
    std::string name = (fs::temp_directory_path() / "chansan.XXXXXX").string();
    directory_ = mkdtemp(name.data());
    before_ = fs::current_path();
    fs::current_path(directory_);
    setenv("CHANSAN_CACHE", (directory_ / "cache").c_str(), 1);
  }
  ~CheckCommand() override {
    fs::current_path(before_);
    fs::remove_all(directory_);
  }

  static void write(const std::string& file, const std::string& text) {
    std::ofstream(file) << text;
  }

  // A database in which `file` is compiled by `command`.
  void write_database(const std::string& file, const std::string& command) {
    const nlohmann::json entries = {{{"directory", directory_.string()},
                                     {"file", file},
                                     {"command", command + " -c " + file}}};
    write("compile_commands.json", entries.dump());
  }

  static Ran run(std::vector<const char*> arguments) {
    arguments.insert(arguments.begin(), "chansan check");
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    Ran ran;
    ran.status =
        check_command(static_cast<int>(arguments.size()), arguments.data());
    ran.out = testing::internal::GetCapturedStdout();
    ran.err = testing::internal::GetCapturedStderr();
    return ran;
  }

  fs::path directory_;
  fs::path before_;
};

TEST_F(CheckCommand, CleanFileIsZeroAndNothingOnStdout) {
  write("a.cpp", kClean);
  const Ran ran = run({"a.cpp", "--"});
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_EQ(ran.out, "");
}

TEST_F(CheckCommand, FindingIsOneInTheCompilersForm) {
  write("a.cpp", kRacy);
  const Ran ran = run({"a.cpp", "--"});
  EXPECT_EQ(ran.status, 1) << ran.err;
  EXPECT_NE(ran.out.find("a.cpp:4:26: warning: data race on 'shared'"),
            std::string::npos)
      << ran.out;
  EXPECT_NE(ran.out.find("[chansan-race-shared-global]\n"), std::string::npos);
  EXPECT_NE(ran.out.find("note: goroutine 2: started here"), std::string::npos);
}

TEST_F(CheckCommand, JsonHasTheSameFinding) {
  write("a.cpp", kRacy);
  const Ran ran = run({"a.cpp", "--format=json", "--"});
  EXPECT_EQ(ran.status, 1) << ran.err;
  const auto document = nlohmann::json::parse(ran.out);
  ASSERT_EQ(document.at("findings").size(), 1u);
  EXPECT_EQ(document["findings"][0].at("id"), "race-shared-global");
}

TEST_F(CheckCommand, OutputGoesToTheFile) {
  write("a.cpp", kRacy);
  const Ran ran = run({"a.cpp", "-o", "out.txt", "--"});
  EXPECT_EQ(ran.status, 1);
  EXPECT_EQ(ran.out, "");
  EXPECT_GT(fs::file_size("out.txt"), 0u);
}

TEST_F(CheckCommand, NolintSilencesAndIsCounted) {
  std::string text = kRacy;
  text.insert(text.find("\n  shared = 2;"),
              "  // NOLINT(chansan-race-shared-global)");
  write("a.cpp", text);
  const Ran ran = run({"a.cpp", "--"});
  EXPECT_EQ(ran.status, 0) << ran.out;
  EXPECT_NE(ran.err.find("1 silenced by NOLINT"), std::string::npos) << ran.err;
}

TEST_F(CheckCommand, NolintNextLineSilences) {
  std::string text = kRacy;
  text.insert(text.find("  std::thread"), "  // NOLINTNEXTLINE\n");
  write("a.cpp", text);
  EXPECT_EQ(run({"a.cpp", "--"}).status, 0);
}

TEST_F(CheckCommand, ClangTidyFileTurnsACheckOff) {
  write("a.cpp", kRacy);
  write(".clang-tidy", "Checks: '-chansan-race-shared-global'\n");
  EXPECT_EQ(run({"a.cpp", "--"}).status, 0);
}

TEST_F(CheckCommand, ClangTidyFileForOtherChecksDoesNotSilenceOurs) {
  write("a.cpp", kRacy);
  write(".clang-tidy", "Checks: '-*,bugprone-*'\n");
  EXPECT_EQ(run({"a.cpp", "--"}).status, 1);
}

TEST_F(CheckCommand, ChecksOptionTurnsACheckOff) {
  write("a.cpp", kRacy);
  EXPECT_EQ(run({"a.cpp", "--checks=-race-*", "--"}).status, 0);
}

TEST_F(CheckCommand, NoCheckLeftIsTwo) {
  write("a.cpp", kRacy);
  const Ran ran = run({"a.cpp", "--checks=-*", "--"});
  EXPECT_EQ(ran.status, 2);
  EXPECT_NE(ran.err.find("no check is enabled"), std::string::npos);
}

TEST_F(CheckCommand, FileThatDoesNotCompileIsTwoAndSaysWhere) {
  write("a.cpp", "int main() { return undeclared; }\n");
  const Ran ran = run({"a.cpp", "--"});
  EXPECT_EQ(ran.status, 2);
  EXPECT_NE(ran.err.find("a.cpp:1:21: error: use of undeclared identifier"),
            std::string::npos)
      << ran.err;
}

TEST_F(CheckCommand, UnknownCompilerFlagIsTwo) {
  write("a.cpp", kClean);
  const Ran ran = run({"a.cpp", "--", "-fno-such-flag-at-all"});
  EXPECT_EQ(ran.status, 2);
  EXPECT_NE(ran.err.find("-fno-such-flag-at-all"), std::string::npos)
      << ran.err;
}

TEST_F(CheckCommand, MissingFileIsTwo) {
  const Ran ran = run({"nowhere.cpp", "--"});
  EXPECT_EQ(ran.status, 2);
  EXPECT_NE(ran.err.find("nowhere.cpp: no such file"), std::string::npos);
}

TEST_F(CheckCommand, NoDatabaseIsTwoAndSaysHowToMakeOne) {
  write("a.cpp", kClean);
  const Ran ran = run({"-p", ".", "a.cpp"});
  EXPECT_EQ(ran.status, 2);
  EXPECT_NE(ran.err.find("-DCMAKE_EXPORT_COMPILE_COMMANDS=ON"),
            std::string::npos);
}

TEST_F(CheckCommand, FileNotInTheDatabaseIsTwo) {
  write("a.cpp", kClean);
  write("b.cpp", kClean);
  write_database("a.cpp", "clang++");
  const Ran ran = run({"-p", ".", "b.cpp"});
  EXPECT_EQ(ran.status, 2);
  EXPECT_NE(ran.err.find("b.cpp: not in "), std::string::npos) << ran.err;
}

TEST_F(CheckCommand, WithoutFilesTheWholeDatabase) {
  write("a.cpp", kRacy);
  write_database("a.cpp", "clang++ -std=c++20");
  EXPECT_EQ(run({"-p", "."}).status, 1);
}

TEST_F(CheckCommand, DatabaseOfGccIsUnderstood) {
  write("a.cpp", kRacy);
  write_database("a.cpp",
                 "/usr/bin/g++ -std=c++20 -fanalyzer "
                 "-fconcepts-diagnostics-depth=2");
  const Ran ran = run({"-p", "."});
  EXPECT_EQ(ran.status, 1) << ran.err;
  EXPECT_NE(ran.err.find("ignored flags that only GCC knows: -fanalyzer"),
            std::string::npos)
      << ran.err;
}

TEST_F(CheckCommand, WarningsOfTheCompilerAreNotOurs) {
  write("a.cpp", "int main() { int unused; return 0; }\n");
  const Ran ran = run({"a.cpp", "--", "-Wall", "-Werror"});
  EXPECT_EQ(ran.status, 0) << ran.err << ran.out;
}

TEST_F(CheckCommand, OwnOptionsThatAreWrongAreTwo) {
  EXPECT_EQ(run({"--no-such-option"}).status, 2);
  EXPECT_EQ(run({"--format=yaml", "a.cpp", "--"}).status, 2);
  EXPECT_EQ(run({"--new-from=HEAD", "--diff=-", "a.cpp", "--"}).status, 2);
}

TEST_F(CheckCommand, HelpAndVersionAreZero) {
  EXPECT_NE(run({"--help"}).out.find("compile_commands.json"),
            std::string::npos);
  EXPECT_NE(run({"--version"}).out.find("chansan "), std::string::npos);
  EXPECT_NE(run({"--list-checks"}).out.find("chansan-go-all-asleep"),
            std::string::npos);
}

TEST_F(CheckCommand, PageOfACheck) {
  const char* const arguments[] = {"chansan checks", "chansan-go-leak"};
  testing::internal::CaptureStdout();
  EXPECT_EQ(checks_command(2, arguments), 0);
  EXPECT_TRUE(testing::internal::GetCapturedStdout().starts_with("# go-leak"));
}

TEST_F(CheckCommand, PageOfNoCheckIsTwo) {
  const char* const arguments[] = {"chansan checks", "no-such-check"};
  testing::internal::CaptureStderr();
  EXPECT_EQ(checks_command(2, arguments), 2);
  EXPECT_NE(testing::internal::GetCapturedStderr().find("no-such-check"),
            std::string::npos);
}

}  // namespace
}  // namespace chansan
