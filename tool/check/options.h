// What the user asked `chansan check` for.
#pragma once

#include <string>
#include <vector>

#include "tool/check/engine.h"

namespace chansan::check {

struct Options {
  std::string build;               // -p
  std::vector<std::string> files;  // empty: every file of the database
  std::vector<std::string> flags;  // after `--`
  bool has_flags = false;          // `--` was there
  std::string format = "text";     // or "json"
  std::string color = "auto";
  std::string output;  // -o; empty: standard output
  unsigned jobs = 0;   // 0: as many as there are processors
  bool stats = false;
  bool list_checks = false;
  EngineSettings engine;
};

/// What parsing the command line came to.
struct Parsed {
  Options options;
  bool done = false;  // --help, --version or a mistake: exit with `status`
  int status = 0;
};

/// Prints help, version and mistakes itself.
Parsed parse_options(int argc, const char* const* argv);

}  // namespace chansan::check
