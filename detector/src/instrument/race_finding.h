// A race told in words: from clocks and contexts to a finding.
#pragma once

#include <string>

#include "chansan/finding.h"
#include "detector/src/instrument/names.h"
#include "detector/src/race/detector.h"

namespace chansan::live {

/// Everything about `race` that its report says.
Finding race_finding(const race::Race& race, const race::RaceDetector& detector,
                     Names& names);

/// The same for two findings that are one race to a reader: on one variable,
/// between the same two places.
std::string race_identity(const Finding& finding);

/// The frames that are the user's, or all of them if none is.
Stack user_stack(Stack stack);

}  // namespace chansan::live
