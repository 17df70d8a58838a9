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

/// "the main goroutine", "goroutine 7".
std::string who(std::uint64_t goroutine);

/// The user's frames of a context.
Stack stack_of(const race::RaceDetector& detector, race::ContextId context,
               Names& names);
/// The same of a go statement, whose line would be there twice.
Stack creation_stack(const race::RaceDetector& detector,
                     race::ContextId created_at, Names& names);

/// The frames that are the user's, or all of them if none is.
Stack user_stack(Stack stack);

}  // namespace chansan::live
