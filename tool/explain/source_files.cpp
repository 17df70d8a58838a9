#include "tool/explain/source_files.h"

#include <fstream>
#include <utility>

namespace chansan {

std::string SourceFiles::line(const Location& location) {
  const std::vector<std::string>& lines = lines_of(location.file);
  const bool there = location.line >= 1 && location.line <= lines.size();
  return there ? lines[location.line - 1] : std::string();
}

const std::vector<std::string>& SourceFiles::lines_of(const std::string& path) {
  const auto known = files_.find(path);
  if (known != files_.end()) return known->second;
  std::vector<std::string> lines;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (line.ends_with('\r')) line.pop_back();
    lines.push_back(std::move(line));
  }
  return files_.emplace(path, std::move(lines)).first->second;
}

}  // namespace chansan
