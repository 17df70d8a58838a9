// One file through clang-tidy's engine, and its answer as findings.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "chansan/finding.h"
#include "tool/check/database.h"

namespace chansan::check {

struct EngineSettings {
  std::vector<std::string> globs;  // the user's --checks, in order
  Level least = Level::kLikely;    // checks that are less sure stay off
  bool fixed_flags = false;        // flags after `--`, not a database
};

struct FileResult {
  std::vector<Finding> findings;
  std::vector<std::string> errors;  // not empty: the file was not analysed
  std::uint32_t silenced = 0;       // by NOLINT
};

/// Analyses one file.
/// Requires: `database` has a command for it.
FileResult analyse(const Database& database, const std::string& file,
                   const EngineSettings& settings);

/// The ids of the checks that `settings` turn on for `file`, with their
/// prefix, `.clang-tidy` included.
std::vector<std::string> enabled_checks(const std::string& file,
                                        const EngineSettings& settings);

}  // namespace chansan::check
