#include "tool/check/explained.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace chansan::check {
namespace {

using Line = std::pair<std::string, std::uint32_t>;

Line line_of(const Location& location) {
  return {location.file, location.line};
}

bool is_any(std::string_view id, std::initializer_list<std::string_view> ids) {
  return std::ranges::find(ids, id) != ids.end();
}

// Names a mistake at the line where it is made.
bool is_cause(const Finding& finding) {
  return is_any(finding.id, {"lock-missing-unlock", "lock-relock-typo",
                             "lock-order-cycle", "wg-wait-in-spawn-loop",
                             "wg-missing-done-path", "wg-add-in-goroutine",
                             "timer-stop-undrained", "race-loop-var-capture"});
}

// Tells where goroutines end up because of one. Not a deadlock of the whole
// program, nor what is certain to go wrong by itself: who looks for these must
// find them.
bool is_consequence(const Finding& finding) {
  return is_any(finding.id,
                {"go-leak", "wg-wait-under-lock", "chan-orphan-recv",
                 "chan-lock-cycle", "go-capture-ref-escape"});
}

// What was seen in one file and again in the program that it is part of: the
// latter, which comes last, tells more.
void drop_repeated(std::vector<FileResult>& results) {
  if (results.size() < 2) return;
  std::set<Line> told;
  for (const Finding& finding : results.back().findings)
    if (finding.id == "lock-double-acquire")
      told.insert(line_of(finding.location));
  for (auto result = results.begin(); result != results.end() - 1; ++result)
    std::erase_if(result->findings, [&](const Finding& finding) {
      return finding.id == "lock-double-acquire" &&
             told.contains(line_of(finding.location));
    });
}

}  // namespace

void drop_explained(std::vector<FileResult>& results) {
  drop_repeated(results);
  // The surest cause on each line: who wants to see sure findings only must
  // not lose one to a cause that is not shown.
  std::map<Line, Level> causes;
  for (const FileResult& result : results)
    for (const Finding& finding : result.findings) {
      if (!is_cause(finding) || !finding.suppressed.empty()) continue;
      const auto [entry, is_new] =
          causes.try_emplace(line_of(finding.location), finding.level);
      entry->second = std::min(entry->second, finding.level);
    }
  if (causes.empty()) return;
  const auto caused = [&](const Finding& finding, const Location& location) {
    const auto cause = causes.find(line_of(location));
    return cause != causes.end() && cause->second <= finding.level;
  };
  for (FileResult& result : results)
    std::erase_if(result.findings, [&](const Finding& finding) {
      if (!is_consequence(finding)) return false;
      return caused(finding, finding.location) ||
             std::ranges::any_of(finding.steps, [&](const Step& step) {
               return caused(finding, step.location);
             });
    });
}

}  // namespace chansan::check
