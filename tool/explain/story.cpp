#include "tool/explain/story.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace chansan {
namespace {

bool is_stuck(const Finding& finding) {
  constexpr std::array<std::string_view, 4> kIds = {"deadlock", "panic",
                                                    "fatal", "dump"};
  return std::find(kIds.begin(), kIds.end(), finding.id) != kIds.end();
}

std::string tell_one(const Finding& finding, const TextOptions& options) {
  if (is_stuck(finding)) return tell_stuck(finding, options);
  // The lint's first line is its verdict; a race's form is Go's and has none.
  const std::string text = to_text(finding, options);
  return finding.id == "race" ? verdict(finding) + "\n" + text : text;
}

}  // namespace

std::string tell(const Document& document, const TextOptions& options) {
  std::string text;
  for (const Finding& finding : document.findings) {
    if (!text.empty()) text += "\n";
    text += tell_one(finding, options);
  }
  if (document.findings.empty()) text += "No findings.\n";
  if (!document.summary.text.empty()) text += document.summary.text + "\n";
  return text;
}

}  // namespace chansan
