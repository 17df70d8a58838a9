// Lines of source files, as far as they can be read.
#pragma once

#include <cstdint>
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

  /// The statement around the line at `location`, its blanks collapsed: what
  /// stays the same when lines are added above or the file is formatted anew.
  std::string statement(const Location& location);

  /// The place `length` bytes after `location`.
  Location advance(const Location& location, std::uint32_t length);

  /// The column in code points instead of bytes; 0 if it is not known.
  std::uint32_t code_point_column(const Location& location);

  /// All lines; none if the file cannot be read.
  const std::vector<std::string>& lines(const std::string& path);

 private:
  std::map<std::string, std::vector<std::string>> files_;
};

}  // namespace chansan
