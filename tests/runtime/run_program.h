// Runs a test's own program in a process of its own.
#pragma once

#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <string>

namespace csp::test {

struct Ended {
  std::string output;  // both streams
  int status;          // by a signal: 128 and its number, as of a shell
};

/// With CHANSAN_OPTIONS=`options`.
inline Ended run_program(const std::string& options,
                         const std::string& command) {
  const std::string line =
      "CHANSAN_OPTIONS=" + options + " exec " + command + " 2>&1";
  FILE* output = popen(line.c_str(), "r");
  if (!output) return {"popen failed", -1};
  Ended ended{};
  std::array<char, 4096> part{};
  while (const auto size = fread(part.data(), 1, part.size(), output)) {
    ended.output.append(part.data(), size);
  }
  const int status = pclose(output);
  ended.status =
      WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return ended;
}

}  // namespace csp::test
