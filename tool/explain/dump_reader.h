// Reads goroutine dumps as text: ours, which has Go's form, and Go's own.
#pragma once

#include <string_view>
#include <vector>

#include "chansan/finding.h"

namespace chansan {

/// The dumps in `text`, whatever else stands around them: one finding for
/// each `panic:` or `fatal error:` that is followed by goroutines, and for
/// each list of goroutines without one (what a signal prints).
std::vector<Finding> read_dumps(std::string_view text);

}  // namespace chansan
