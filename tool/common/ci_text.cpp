#include "tool/common/ci_text.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "tool/common/rule.h"

namespace chansan {
namespace {

// GitHub's own escapes; a property may have neither a colon nor a comma.
std::string github_escaped(const std::string& text, bool property) {
  std::string escaped;
  for (const char c : text) {
    if (c == '%')
      escaped += "%25";
    else if (c == '\n')
      escaped += "%0A";
    else if (c == '\r')
      escaped += "%0D";
    else if (property && c == ':')
      escaped += "%3A";
    else if (property && c == ',')
      escaped += "%2C";
    else
      escaped += c;
  }
  return escaped;
}

std::string xml_escaped(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '&')
      escaped += "&amp;";
    else if (c == '<')
      escaped += "&lt;";
    else if (c == '>')
      escaped += "&gt;";
    else if (c == '"')
      escaped += "&quot;";
    else if (c == '\n')
      escaped += "&#10;";
    // XML 1.0 has no other control characters.
    else if (static_cast<unsigned char>(c) >= 0x20 || c == '\t')
      escaped += c;
  }
  return escaped;
}

const char* github_command(Level level) {
  switch (level) {
    case Level::kCertain:
      return "error";
    case Level::kLikely:
      return "warning";
    case Level::kMaybe:
      break;
  }
  return "notice";
}

std::string place_name(const Location& at) {
  std::string text = at.file;
  if (at.line > 0) text += ":" + std::to_string(at.line);
  if (at.column > 0) text += ":" + std::to_string(at.column);
  return text;
}

// The whole story in lines.
std::string story_of(const Finding& finding) {
  std::string text = finding.message;
  for (const Step& step : finding.steps)
    text += "\n" + place_name(step.location) + ": " + step.message;
  if (!finding.why.empty()) text += "\n" + finding.why;
  if (!finding.hint.empty()) text += "\n" + finding.hint;
  return text;
}

std::string test_case(const std::string& file, const std::string& name,
                      const std::string& inside) {
  const std::string opening = "    <testcase classname=\"" + xml_escaped(file) +
                              "\" name=\"" + xml_escaped(name) + "\"";
  if (inside.empty()) return opening + "/>\n";
  return opening + ">" + inside + "</testcase>\n";
}

std::string finding_case(const Finding& finding) {
  const Location at = place_of(finding);
  const std::string name = rule_name(finding.id) + " at " + place_name(at);
  if (!finding.suppressed.empty())
    return test_case(
        at.file, name,
        "<skipped message=\"" + xml_escaped(finding.suppressed) + "\"/>");
  return test_case(at.file, name,
                   "<failure type=\"" + xml_escaped(rule_name(finding.id)) +
                       "\" message=\"" + xml_escaped(finding.message) + "\">" +
                       xml_escaped(story_of(finding)) + "</failure>");
}

}  // namespace

std::string to_github(std::span<const Finding> findings) {
  std::vector<const Finding*> sorted;
  for (const Finding& finding : findings)
    if (finding.suppressed.empty()) sorted.push_back(&finding);
  std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) {
    return std::pair(a->level, a) < std::pair(b->level, b);
  });
  std::string text;
  for (const Finding* finding : sorted) {
    const Location at = place_of(*finding);
    text += std::string("::") + github_command(finding->level) + " ";
    if (!at.file.empty()) {
      text += "file=" + github_escaped(at.file, true);
      if (at.line > 0) text += ",line=" + std::to_string(at.line);
      if (at.column > 0) text += ",col=" + std::to_string(at.column);
      text += ",";
    }
    text += "title=" + github_escaped(rule_name(finding->id), true) +
            "::" + github_escaped(story_of(*finding), false) + "\n";
  }
  return text;
}

std::string to_junit(std::span<const Finding> findings, const SarifRun& run) {
  std::string cases;
  std::size_t failures = 0;
  std::size_t skipped = 0;
  std::map<std::string, bool> has_finding;
  for (const Finding& finding : findings) {
    cases += finding_case(finding);
    ++(finding.suppressed.empty() ? failures : skipped);
    has_finding[place_of(finding).file] = true;
  }
  std::size_t passed = 0;
  for (const std::string& file : run.files) {
    if (has_finding.contains(file)) continue;
    cases += test_case(file, "no findings", "");
    ++passed;
  }
  for (const std::string& problem : run.problems)
    cases += test_case("chansan", "analysis",
                       "<error message=\"" + xml_escaped(problem) + "\"/>");
  const std::string counts =
      " tests=\"" +
      std::to_string(failures + skipped + passed + run.problems.size()) +
      "\" failures=\"" + std::to_string(failures) + "\" errors=\"" +
      std::to_string(run.problems.size()) + "\" skipped=\"" +
      std::to_string(skipped) + "\"";
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites" + counts +
         ">\n  <testsuite name=\"chansan " + xml_escaped(run.summary.tool) +
         "\"" + counts + ">\n" + cases + "  </testsuite>\n</testsuites>\n";
}

}  // namespace chansan
