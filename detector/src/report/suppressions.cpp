#include "detector/src/report/suppressions.h"

#include <algorithm>

namespace chansan {

namespace {

// Whether `text` begins with `pattern`, where `*` stands for anything; and
// ends with it too, if that is asked for.
bool begins_with(std::string_view text, std::string_view pattern,
                 bool to_the_end) {
  while (!pattern.empty() && pattern.front() != '*') {
    if (text.empty() || text.front() != pattern.front()) return false;
    text.remove_prefix(1);
    pattern.remove_prefix(1);
  }
  if (pattern.empty()) return !to_the_end || text.empty();
  pattern.remove_prefix(1);
  for (;; text.remove_prefix(1)) {
    if (begins_with(text, pattern, to_the_end)) return true;
    if (text.empty()) return false;
  }
}

bool fits(std::string_view text, std::string_view pattern) {
  if (text.empty()) return false;
  const bool from_the_begin = !pattern.empty() && pattern.front() == '^';
  if (from_the_begin) pattern.remove_prefix(1);
  const bool to_the_end = !pattern.empty() && pattern.back() == '$';
  if (to_the_end) pattern.remove_suffix(1);
  if (from_the_begin) return begins_with(text, pattern, to_the_end);
  return begins_with(text, "*" + std::string(pattern), to_the_end);
}

bool fits(const Frame& frame, std::string_view pattern) {
  return fits(frame.function, pattern) || fits(frame.location.file, pattern);
}

std::string_view trimmed(std::string_view line) {
  constexpr std::string_view kBlank = " \t\r";
  const std::size_t begin = line.find_first_not_of(kBlank);
  if (begin == std::string_view::npos) return {};
  return line.substr(begin, line.find_last_not_of(kBlank) - begin + 1);
}

}  // namespace

std::string Suppressions::read(std::string_view text) {
  constexpr std::pair<std::string_view, Kind> kKinds[] = {
      {"race:", Kind::kRace},
      {"race_top:", Kind::kRaceTop},
      {"deadlock:", Kind::kDeadlock},
      {"thread:", Kind::kThread}};
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.front() == '#') continue;
    const auto* kind = std::find_if(
        std::begin(kKinds), std::end(kKinds),
        [&](const auto& each) { return line.starts_with(each.first); });
    if (kind == std::end(kKinds) || line.size() == kind->first.size()) {
      return std::string(line);
    }
    rules_.push_back(
        {kind->second, std::string(line.substr(kind->first.size()))});
  }
  return {};
}

// A lock of the cycle, or where one was taken.
bool Suppressions::matches_cycle(const std::string& pattern,
                                 const Finding& cycle) {
  const auto on_stack = [&](const Stack& stack) {
    return std::any_of(stack.begin(), stack.end(), [&](const Frame& frame) {
      return fits(frame, pattern);
    });
  };
  for (const Goroutine& goroutine : cycle.goroutines) {
    if (fits(goroutine.waits_for, pattern) || on_stack(goroutine.stack)) {
      return true;
    }
    for (const Held& held : goroutine.holds) {
      if (on_stack(held.taken_at)) return true;
    }
  }
  return false;
}

bool Suppressions::matches(const Rule& rule, const Finding& race) {
  if (rule.kind == Kind::kThread) {
    return std::any_of(race.goroutines.begin(), race.goroutines.end(),
                       [&](const Goroutine& goroutine) {
                         return fits(goroutine.name, rule.pattern);
                       });
  }
  const bool cycle = race.id == "lock-order";
  if (cycle != (rule.kind == Kind::kDeadlock)) return false;
  if (cycle) return matches_cycle(rule.pattern, race);
  if (rule.kind == Kind::kRace && fits(race.memory.name, rule.pattern)) {
    return true;
  }
  for (const Access& access : race.accesses) {
    for (const Frame& frame : access.stack) {
      if (fits(frame, rule.pattern)) return true;
      if (rule.kind == Kind::kRaceTop) break;
    }
  }
  return false;
}

bool Suppressions::match(const Finding& race) const {
  return std::any_of(rules_.begin(), rules_.end(),
                     [&](const Rule& rule) { return matches(rule, race); });
}

std::string suggested_suppression(const Finding& race) {
  if (race.id == "lock-order") {
    for (const Frame& frame : race.goroutines.front().stack) {
      if (frame.function.empty()) continue;
      return "# " + race.message + "\ndeadlock:^" + frame.function + "$\n";
    }
  }
  for (const Access& access : race.accesses) {
    for (const Frame& frame : access.stack) {
      if (frame.function.empty()) continue;
      return "# " + race.message + "\nrace:^" + frame.function + "$\n";
    }
  }
  return {};
}

}  // namespace chansan
