// Lines of source files, as far as they can be read.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "chansan/finding.h"

namespace chansan {

class SourceFiles {
 public:
  /// The line at `location`, without its line break; empty if the file cannot
  /// be read or has no such line.
  std::string line(const Location& location);

 private:
  const std::vector<std::string>& lines_of(const std::string& path);

  std::map<std::string, std::vector<std::string>> files_;
};

}  // namespace chansan
