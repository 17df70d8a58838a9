// Which lines a change touches, so that only what it brings is reported.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "chansan/finding.h"

namespace chansan::check {

class ChangedLines {
 public:
  /// Reads a unified diff. Its paths are relative to `root`.
  static ChangedLines parse(const std::string& diff, const std::string& root);

  /// What the working tree has that the git revision `revision` has not; files
  /// that git does not know are new altogether. `problem`: what git says.
  static ChangedLines since(const std::string& revision, std::string& problem);

  /// Whether the place of the finding or of one of its steps was touched.
  bool touches(const Finding& finding) const;

 private:
  bool touches(const Location& at) const;

  // By absolute path: first and last line of each run of new lines.
  std::map<std::string, std::vector<std::pair<std::uint32_t, std::uint32_t>>>
      runs_;
};

/// The top of the git working tree, else the working directory.
std::string source_root();

}  // namespace chansan::check
