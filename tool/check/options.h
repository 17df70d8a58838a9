// What the user asked `chansan check` for.
#pragma once

#include <string>
#include <vector>

#include "tool/check/config.h"
#include "tool/check/engine.h"
#include "tool/common/command_line.h"

namespace chansan::check {

struct Options {
  std::string build;               // -p
  std::vector<std::string> files;  // empty: every file of the database
  std::vector<std::string> flags;  // after `--`
  bool has_flags = false;          // `--` was there
  std::string compiler;            // the word after `--`, if it is no flag
  std::vector<std::string> extra_before;  // around the compiler's arguments
  std::vector<std::string> extra_after;
  OutputOptions output;
  std::string baseline;        // findings that are known; empty: none
  std::string write_baseline;  // where to write it; empty: not
  std::string new_from;        // a git revision; empty: all findings
  std::string diff;            // a file with a diff, or -; empty: all findings
  std::string explain;         // the id of a check; empty: analyse
  unsigned jobs = 0;           // 0: as many as there are processors
  std::string cache_directory;
  bool cache = true;
  bool fix = false;
  bool stats = false;
  bool list_checks = false;
  bool verify_config = false;
  Config config;
  EngineSettings engine;
};

/// What parsing the command line came to.
struct Parsed {
  Options options;
  bool done = false;  // --help, --version or a mistake: exit with `status`
  int status = 0;
};

/// Reads the command line and .chansan.yaml. Prints help, version and mistakes
/// itself.
Parsed parse_options(int argc, const char* const* argv);

/// The same for a server, whose files come later.
Parsed parse_server_options(int argc, const char* const* argv);

}  // namespace chansan::check
