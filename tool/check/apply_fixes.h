// Writes the fixes of findings into the source files.
#pragma once

#include <cstddef>
#include <vector>

#include "chansan/finding.h"
#include "tool/common/source_files.h"

namespace chansan::check {

/// Applies the fixes of each finding, all of them or, where another finding's
/// overlap, none. Findings that are mended are taken out of `findings`.
/// Returns: how many were mended.
std::size_t apply_fixes(std::vector<Finding>& findings);

}  // namespace chansan::check
