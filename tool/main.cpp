// The command chansan: names its commands and hands over to one of them.
#include <array>
#include <cstdio>
#include <string>
#include <string_view>

#include "tool/check/command.h"
#include "tool/common/command_line.h"
#include "tool/common/suggest.h"
#include "tool/cxx/command.h"
#include "tool/explain/command.h"
#include "tool/explore/command.h"
#include "tool/lsp/command.h"
#include "tool/run/command.h"

namespace chansan {
namespace {

struct Command {
  std::string_view name;
  std::string_view arguments;
  std::string_view summary;
  int (*run)(int argc, const char* const* argv);
};

constexpr std::array kCommands = {
    Command{"check", "[-p BUILD] [FILE...]",
            "find races and deadlocks in the source", check_command},
    Command{"cxx", "[--race] ARG...",
            "compile and link a channel program, as the compiler would",
            cxx_command},
    Command{"run", "[OPTION...] -- PROGRAM ARG...",
            "run a program and collect its reports", run_command},
    Command{"explore", "[OPTION...] -- PROGRAM ARG...",
            "many schedules of one program", explore_command},
    Command{"replay", "TOKEN -- PROGRAM ARG...", "that one schedule again",
            replay_command},
    Command{"explain", "FILE", "a report or a goroutine dump, for a person",
            explain_command},
    Command{"lsp", "[OPTION...]", "a language server that shows findings",
            lsp_command},
    Command{"checks", "[ID]", "the list of checks, or one check's page",
            checks_command},
};

void print_help() {
  std::puts(
      "chansan: races, deadlocks and leaks of C++ programs with Go's "
      "channels\n\n"
      "Usage: chansan COMMAND [ARGUMENT...]\n\nCommands:");
  for (const Command& command : kCommands) {
    const std::string usage =
        std::string(command.name) + " " + std::string(command.arguments);
    std::printf("  %-34s %s\n", usage.c_str(),
                std::string(command.summary).c_str());
  }
  std::puts(
      "\n`chansan COMMAND --help` tells the options of a command; "
      "`chansan --version` the version.");
}

int unknown_command(std::string_view typed) {
  std::array<std::string_view, kCommands.size()> names;
  for (std::size_t i = 0; i < names.size(); ++i) names[i] = kCommands[i].name;
  std::string message = "no command '" + std::string(typed) + "'";
  const std::string_view nearest = nearest_name(typed, names);
  if (!nearest.empty()) {
    message += "; did you mean '" + std::string(nearest) + "'?";
  }
  return trouble("", message + "\nSee chansan --help");
}

int print_version() {
  std::printf("chansan %s\n", CHANSAN_VERSION);
  return 0;
}

int dispatch(int argc, const char* const* argv) {
  if (argc < 2) {
    return trouble("", "which command?\nSee chansan --help");
  }
  const std::string_view word = argv[1];
  if (word == "--help" || word == "-h" || word == "help") {
    print_help();
    return 0;
  }
  if (word == "--version") return print_version();
  for (const Command& command : kCommands) {
    if (command.name != word) continue;
    // All commands have one version.
    const bool version = argc == 3 && argv[2] == std::string_view("--version");
    return version ? print_version() : command.run(argc - 1, argv + 1);
  }
  return unknown_command(word);
}

}  // namespace
}  // namespace chansan

int main(int argc, char** argv) { return chansan::dispatch(argc, argv); }
