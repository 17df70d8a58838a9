#include "tool/check/changed_lines.h"

#include <charconv>
#include <filesystem>
#include <limits>
#include <optional>
#include <sstream>
#include <string_view>

#include "tool/common/process.h"
#include "tool/common/rule.h"

namespace chansan::check {
namespace {

namespace fs = std::filesystem;

std::string absolute(const std::string& file) {
  std::error_code error;
  return fs::absolute(file, error).lexically_normal();
}

std::uint32_t number_at(std::string_view text, std::uint32_t otherwise) {
  std::uint32_t number = otherwise;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// What git prints; nothing if it fails.
std::optional<std::string> read_git(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "git");
  std::string output;
  Ended ended;
  if (run_and_read(arguments, output, ended) || ended.signal || ended.status)
    return std::nullopt;
  return output;
}

// `+++ b/src/a.cpp<TAB>date`: src/a.cpp. Git leaves the prefix out if it is
// told to.
std::string path_of(std::string_view line, const std::string& root) {
  line = line.substr(0, line.find('\t'));
  const std::string whole(line);
  std::error_code error;
  const bool prefixed = whole.starts_with("b/");
  if (prefixed && !fs::exists(fs::path(root) / whole, error))
    return absolute((fs::path(root) / whole.substr(2)).string());
  return absolute((fs::path(root) / whole).string());
}

}  // namespace

ChangedLines ChangedLines::parse(const std::string& diff,
                                 const std::string& root) {
  ChangedLines changed;
  std::string file;
  std::uint32_t line_number = 0;
  std::uint32_t left = 0;  // lines of the new side that the hunk still has
  std::istringstream lines(diff);
  for (std::string line; std::getline(lines, line);) {
    if (left == 0 && line.starts_with("+++ ")) {
      file = line == "+++ /dev/null" ? "" : path_of(line.substr(4), root);
    } else if (left == 0 && line.starts_with("@@ ")) {
      const std::size_t plus = line.find('+');
      if (plus == line.npos) continue;
      const std::size_t comma = line.find_first_of(", ", plus);
      line_number = number_at(std::string_view(line).substr(plus + 1), 0);
      left = comma != line.npos && line[comma] == ','
                 ? number_at(std::string_view(line).substr(comma + 1), 1)
                 : 1;
    } else if (left > 0 && line.starts_with("+")) {
      if (!file.empty())
        changed.runs_[file].push_back({line_number, line_number});
      ++line_number;
      --left;
    } else if (left > 0 && !line.starts_with("-") && !line.starts_with("\\")) {
      ++line_number;
      --left;
    }
  }
  return changed;
}

ChangedLines ChangedLines::since(const std::string& revision,
                                 std::string& problem) {
  const std::string root = source_root();
  const auto diff = read_git({"-C", root, "diff", "--no-color", "--no-ext-diff",
                              "--unified=0", "--src-prefix=a/",
                              "--dst-prefix=b/", revision, "--"});
  if (!diff || revision.starts_with('-')) {
    problem = "--new-from=" + revision +
              ": git knows no such revision here; try `git diff " + revision +
              "`";
    return {};
  }
  ChangedLines changed = parse(*diff, root);
  std::istringstream names(
      read_git({"-C", root, "ls-files", "--others", "--exclude-standard", "-z"})
          .value_or(""));
  for (std::string name; std::getline(names, name, '\0');)
    changed.runs_[absolute((fs::path(root) / name).string())].push_back(
        {1, std::numeric_limits<std::uint32_t>::max()});
  return changed;
}

bool ChangedLines::touches(const Location& at) const {
  if (at.file.empty()) return false;
  const auto runs = runs_.find(absolute(at.file));
  if (runs == runs_.end()) return false;
  for (const auto& [first, last] : runs->second)
    if (first <= at.line && at.line <= last) return true;
  return false;
}

bool ChangedLines::touches(const Finding& finding) const {
  if (touches(place_of(finding))) return true;
  for (const Step& step : finding.steps)
    if (touches(step.location)) return true;
  return false;
}

std::string source_root() {
  const auto top = read_git({"rev-parse", "--show-toplevel"});
  std::error_code error;
  if (!top) return fs::current_path(error);
  return top->substr(0, top->find('\n'));
}

}  // namespace chansan::check
