// Reads race reports as text: ours, those of Go's -race, ThreadSanitizer's.
#pragma once

#include <string_view>
#include <vector>

#include "chansan/finding.h"

namespace chansan {

/// The data races that are told of in `text`, among whatever else.
std::vector<Finding> read_races(std::string_view text);

}  // namespace chansan
