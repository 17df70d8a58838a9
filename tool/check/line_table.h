// Byte offsets of files as lines and columns.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "chansan/finding.h"

namespace chansan::check {

/// A file below the working directory relative to it, others as they are.
std::string relative_name(const std::string& file);

class LineTable {
 public:
  /// The place of the byte at `offset`; only the file if it cannot be read.
  /// A file below the working directory is named relative to it.
  Location locate(const std::string& file, std::uint32_t offset);

 private:
  const std::vector<std::uint32_t>& starts(const std::string& file);

  std::map<std::string, std::vector<std::uint32_t>> starts_;
};

}  // namespace chansan::check
