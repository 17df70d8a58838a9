// .chansan.yaml: what a project says about itself.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "chansan/finding.h"

namespace chansan::check {

/// A function or type of the project's own that does what one of ours does.
struct RoleEntry {
  std::string name;  // qualified: pool::submit
  std::string role;  // as in the annotations of csp's headers: spawn, mutex
};

struct Config {
  std::string path;  // empty: there is none
  std::vector<RoleEntry> roles;
  std::vector<std::string> checks;   // globs, before the command line's
  std::vector<std::string> exclude;  // globs of files that are not analysed
  std::optional<Level> level;
  std::string baseline;  // relative to the file
};

/// Reads `path`; with an empty `path` the nearest .chansan.yaml of the working
/// directory and its parents, if there is one.
/// Returns: what it says; `problem` tells, with place and caret, what is wrong.
Config read_config(const std::string& path, std::string& problem);

/// Whether `file` is left out by `globs`; `*` crosses directories.
bool is_excluded(const std::string& file,
                 const std::vector<std::string>& globs);

}  // namespace chansan::check
