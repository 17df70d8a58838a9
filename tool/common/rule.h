// What a kind of finding is, for the formats that describe their kinds.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "chansan/finding.h"

namespace chansan {

struct Rule {
  std::string id;       // as in Finding::id
  std::string summary;  // one sentence
  std::string help;     // Markdown; empty: no more than the summary
  Level level = Level::kCertain;
};

/// The kinds of finding that a run makes.
std::span<const Rule> run_rules();

/// `chansan-` and the finding's id: what users type and what stays the same
/// from one version to the next.
std::string rule_name(std::string_view id);

/// Where the reader is to look first: the finding's place, else that of the
/// user's innermost known frame.
Location place_of(const Finding& finding);

}  // namespace chansan
