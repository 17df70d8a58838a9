#include "tool/check/line_table.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace chansan::check {

std::string relative_name(const std::string& file) {
  std::error_code error;
  const auto relative =
      std::filesystem::path(file).lexically_normal().lexically_relative(
          std::filesystem::current_path(error));
  const bool below = !relative.empty() && *relative.begin() != "..";
  if (below) return relative.string();
  // One name for a header that files reach by several ways. Behind a symbolic
  // link `..` is elsewhere.
  if (file.find("/../") == std::string::npos) return file;
  const std::filesystem::path normal =
      std::filesystem::path(file).lexically_normal();
  return std::filesystem::equivalent(file, normal, error) ? normal.string()
                                                          : file;
}

Location LineTable::locate(const std::string& file, std::uint32_t offset) {
  if (file.empty()) return {};
  Location location;
  location.file = relative_name(file);
  const auto& lines = starts(file);
  if (lines.empty()) return location;
  const auto next = std::ranges::upper_bound(lines, offset);
  location.line = static_cast<std::uint32_t>(next - lines.begin());
  location.column = offset - *std::prev(next) + 1;
  return location;
}

const std::vector<std::uint32_t>& LineTable::starts(const std::string& file) {
  const auto [entry, is_new] = starts_.try_emplace(file);
  if (!is_new) return entry->second;
  std::ifstream in(file, std::ios::binary);
  if (!in) return entry->second;
  std::uint32_t offset = 0;
  entry->second.push_back(0);
  for (char c; in.get(c);) {
    ++offset;
    if (c == '\n') entry->second.push_back(offset);
  }
  return entry->second;
}

}  // namespace chansan::check
