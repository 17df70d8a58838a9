// Races and cycles of locks that are known and not to be told: a file of
// `kind:pattern` lines, as ThreadSanitizer has it.
//
//   race:PATTERN      a function, file or variable on either side
//   race_top:PATTERN  a function or file where one of the accesses is made
//   deadlock:PATTERN  a lock of a cycle, or a function or file that takes one
//   thread:PATTERN    the name of a goroutine that takes part
//
// In a pattern `*` stands for anything; it may match anywhere unless it begins
// with `^` or ends with `$`. A line that begins with `#` says nothing.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "chansan/finding.h"

namespace chansan {

class Suppressions {
 public:
  /// Reads the lines of a file. *Returns* the first line that is not
  /// understood; empty: all are.
  std::string read(std::string_view text);

  /// Whether one of the rules speaks of `race`.
  bool match(const Finding& race) const;

 private:
  enum class Kind { kRace, kRaceTop, kDeadlock, kThread };
  struct Rule {
    Kind kind;
    std::string pattern;
  };
  static bool matches(const Rule& rule, const Finding& race);
  static bool matches_cycle(const std::string& pattern, const Finding& cycle);

  std::vector<Rule> rules_;
};

/// The rule that would silence `race`, with a line that says what for; empty if
/// nothing of it has a name.
std::string suggested_suppression(const Finding& race);

}  // namespace chansan
