// A possible deadlock told in words: from locks and contexts to a finding.
#pragma once

#include <string>

#include "chansan/finding.h"
#include "detector/src/instrument/names.h"
#include "detector/src/locks/acquisitions.h"
#include "detector/src/race/detector.h"

namespace chansan::live {

/// Everything about `cycle` that its report says.
Finding lock_finding(const locks::Cycle& cycle,
                     const race::RaceDetector& detector, Names& names);

/// The same for two findings that are one cycle to a reader: through the same
/// places.
std::string lock_identity(const Finding& finding);

}  // namespace chansan::live
