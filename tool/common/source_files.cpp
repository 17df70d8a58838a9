#include "tool/common/source_files.h"

#include <algorithm>
#include <fstream>
#include <utility>

namespace chansan {
namespace {

// A statement that is longer is cut: it is an initialiser list of data.
constexpr std::size_t kStatementLinesMax = 20;

std::string without_blanks_at_ends(const std::string& text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == text.npos) return "";
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// Whether nothing of the statement after this line can be on it.
bool ends_statement(const std::string& line) {
  const std::string text = without_blanks_at_ends(line);
  if (text.empty() || text.starts_with('#') || text.starts_with("//"))
    return true;
  const char last = text.back();
  return last == ';' || last == '{' || last == '}' || last == ':';
}

void append_collapsed(std::string& to, const std::string& line) {
  for (const char c : line) {
    const bool blank = c == ' ' || c == '\t';
    if (!blank)
      to += c;
    else if (!to.empty() && to.back() != ' ')
      to += ' ';
  }
  if (!to.empty() && to.back() != ' ') to += ' ';
}

}  // namespace

std::string SourceFiles::line(const Location& location) {
  const std::vector<std::string>& all = lines(location.file);
  const bool there = location.line >= 1 && location.line <= all.size();
  return there ? all[location.line - 1] : std::string();
}

std::string SourceFiles::statement(const Location& location) {
  const std::vector<std::string>& all = lines(location.file);
  if (location.line < 1 || location.line > all.size()) return "";
  std::size_t first = location.line - 1;
  std::size_t last = first;
  while (first > 0 && last - first < kStatementLinesMax &&
         !ends_statement(all[first - 1]))
    --first;
  while (last + 1 < all.size() && last - first < kStatementLinesMax &&
         !ends_statement(all[last]))
    ++last;
  std::string text;
  for (std::size_t i = first; i <= last; ++i) append_collapsed(text, all[i]);
  return without_blanks_at_ends(text);
}

Location SourceFiles::advance(const Location& location, std::uint32_t length) {
  Location end = location;
  while (length > 0) {
    const std::string text = line(end);
    const std::uint32_t left =
        end.column <= text.size() + 1
            ? static_cast<std::uint32_t>(text.size() + 1) - end.column
            : 0;
    if (length <= left) {
      end.column += length;
      return end;
    }
    if (end.line >= lines(end.file).size()) return end;
    length -= left + 1;
    ++end.line;
    end.column = 1;
  }
  return end;
}

std::uint32_t SourceFiles::code_point_column(const Location& location) {
  const std::string text = line(location);
  const std::size_t before = location.column - 1;
  if (location.column == 0 || before > text.size()) return location.column;
  const auto starts_code_point = [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0u) != 0x80u;
  };
  return 1 +
         static_cast<std::uint32_t>(std::count_if(
             text.begin(), text.begin() + static_cast<std::ptrdiff_t>(before),
             starts_code_point));
}

const std::vector<std::string>& SourceFiles::lines(const std::string& path) {
  const auto known = files_.find(path);
  if (known != files_.end()) return known->second;
  std::vector<std::string> all;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (line.ends_with('\r')) line.pop_back();
    all.push_back(std::move(line));
  }
  return files_.emplace(path, std::move(all)).first->second;
}

}  // namespace chansan
