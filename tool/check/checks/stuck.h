// Which check tells a stuck state: one mistake is one finding.
#pragma once

#include <vector>

#include "tool/check/model/outcome.h"

namespace chansan::check {

/// The ranges that explain the state: their channel's close is what is
/// missing, and everyone else's wait follows from theirs. Empty if the
/// mistake is another.
std::vector<const model::Waiting*> ranges_at_fault(
    const model::Stuck& stuck, const model::Outcomes& outcomes);

}  // namespace chansan::check
