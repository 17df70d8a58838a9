// Which checks run, as the user, .clang-tidy and the level have it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "chansan/finding.h"
#include "clang-tidy/ClangTidyOptions.h"

namespace chansan::check {

struct EngineSettings {
  std::vector<std::string> globs;  // the user's --checks, in order
  Level least = Level::kLikely;    // checks that are less sure stay off
  bool fixed_flags = false;        // flags after `--`, not a database
  bool linked = false;  // units are explored together, not each by itself
  std::string roles;    // of the user's functions: `pool::submit=spawn;...`
};

/// What clang-tidy's engine asks: the `.clang-tidy` files, narrowed to our
/// checks, and then `settings`.
std::unique_ptr<clang::tidy::ClangTidyOptionsProvider> make_provider(
    const EngineSettings& settings);

/// The ids of the checks that `settings` turn on for `file`, with their
/// prefix, `.clang-tidy` included.
std::vector<std::string> enabled_checks(const std::string& file,
                                        const EngineSettings& settings);

}  // namespace chansan::check
