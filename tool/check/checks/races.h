// What the checks of races have in common: how a race is told.
#pragma once

#include <string>

#include "tool/check/analysis.h"

namespace chansan::check {

/// "nothing orders this write by goroutine 3 and the read by goroutine 1".
std::string unordered_pair(const model::Race& race);

/// The check that tells of races on such variables; empty: none of its own.
std::string id_of(model::Sort sort);

/// The other access, where the goroutines were started and what they did.
Story race_story(const model::Race& race, const Analysis& analysis);

}  // namespace chansan::check
