#include "tool/run/collect.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <system_error>
#include <utility>

#include "tool/explain/dump_reader.h"

namespace chansan {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> files_in(const std::string& directory) {
  std::vector<fs::path> files;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(directory, error)) {
    files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

void append(Document& whole, Document part) {
  whole.findings.insert(whole.findings.end(),
                        std::make_move_iterator(part.findings.begin()),
                        std::make_move_iterator(part.findings.end()));
  whole.summary.dropped += part.summary.dropped;
  if (!whole.summary.text.empty() && !part.summary.text.empty()) {
    whole.summary.text += '\n';
  }
  whole.summary.text += part.summary.text;
}

}  // namespace

Document collect_reports(const std::string& directory,
                         std::vector<std::string>& problems) {
  Document whole;
  whole.summary.tool = "run";
  for (const fs::path& file : files_in(directory)) {
    std::ostringstream text;
    text << std::ifstream(file, std::ios::binary).rdbuf();
    // Opened by a process that had nothing to report.
    if (text.view().empty()) continue;
    std::string problem;
    auto part = read_findings(text.view(), problem);
    if (part) {
      append(whole, std::move(*part));
    } else {
      problems.push_back("a report of the program is lost: " + problem);
    }
  }
  return whole;
}

void add_dumps(Document& document, std::string_view errors) {
  for (Finding& dump : read_dumps(errors)) {
    const bool known =
        std::any_of(document.findings.begin(), document.findings.end(),
                    [&](const Finding& each) { return each.id == dump.id; });
    if (!known) document.findings.push_back(std::move(dump));
  }
}

}  // namespace chansan
