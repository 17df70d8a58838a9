// Every scenario of testdata/race/scenarios, compiled with clang and with g++,
// has the verdict that its source gives it, at one and at two processors.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <regex>
#include <string>
#include <vector>

extern char** environ;

namespace {

struct Scenario {
  bool racy;
  std::string file;  // without its extension
  std::string name;
  std::string compiler;
  int processors;
};

// The names and verdicts as the source has them: the programs do not know them.
std::vector<Scenario> read_scenarios() {
  static const std::regex heading(R"(^(RACE|NORACE)\((\w+)\))");
  std::vector<Scenario> scenarios;
  std::ifstream files(CHANSAN_SCENARIO_LIST);
  for (std::string file; std::getline(files, file);) {
    std::ifstream source(CHANSAN_SCENARIO_FOLDER "/" + file + ".cpp");
    for (std::string line; std::getline(source, line);) {
      std::smatch match;
      if (!std::regex_search(line, match, heading)) continue;
      for (const char* compiler : {"clang", "gxx"}) {
        for (const int processors : {1, 2}) {
          scenarios.push_back(
              {match[1] == "RACE", file, match[2], compiler, processors});
        }
      }
    }
  }
  return scenarios;
}

std::string name_of(const testing::TestParamInfo<Scenario>& info) {
  const Scenario& scenario = info.param;
  // No file's name with two underscores begins another one's.
  return scenario.file + "__" + scenario.name + "_" + scenario.compiler + "_" +
         std::to_string(scenario.processors);
}

struct Outcome {
  int status = -1;
  std::string errors;
};

Outcome outcome_of(const Scenario& scenario) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return {};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null",
                                   O_WRONLY, 0);
  setenv("GOMAXPROCS", std::to_string(scenario.processors).c_str(), 1);
  unsetenv("CHANSAN_OPTIONS");
  std::string program =
      CHANSAN_SCENARIO_PROGRAMS "/" + scenario.file + "_" + scenario.compiler;
  std::string name = scenario.name;
  char* arguments[] = {program.data(), name.data(), nullptr};
  pid_t child = 0;
  const int error = posix_spawn(&child, program.c_str(), &actions, nullptr,
                                arguments, environ);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  Outcome result;
  char part[4096];
  for (ssize_t size = 0; (size = read(ends[0], part, sizeof part)) > 0;) {
    result.errors.append(part, static_cast<std::size_t>(size));
  }
  close(ends[0]);
  int status = 0;
  if (error != 0 || waitpid(child, &status, 0) != child) return result;
  result.status = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  return result;
}

class ScenarioTest : public testing::TestWithParam<Scenario> {};

TEST_P(ScenarioTest, HasItsVerdict) {
  const Outcome result = outcome_of(GetParam());
  if (GetParam().racy) {
    EXPECT_EQ(result.status, 66);
    EXPECT_NE(result.errors.find("WARNING: DATA RACE"), std::string::npos);
    // The race is in the scenario, not somewhere else.
    EXPECT_NE(result.errors.find("/" + GetParam().file + ".cpp:"),
              std::string::npos);
    EXPECT_NE(result.errors.find("0 accesses dropped: exact for this run"),
              std::string::npos);
  } else {
    EXPECT_EQ(result.status, 0);
    EXPECT_EQ(result.errors, "");
  }
  if (HasFailure()) std::fprintf(stderr, "%s\n", result.errors.c_str());
}

INSTANTIATE_TEST_SUITE_P(All, ScenarioTest, testing::ValuesIn(read_scenarios()),
                         &name_of);

}  // namespace
