// Findings in the forms that continuous integration services read line by
// line or as test results.
#pragma once

#include <span>
#include <string>

#include "chansan/finding.h"
#include "tool/common/sarif.h"

namespace chansan {

/// GitHub's workflow commands, the surest findings first: it shows ten of a
/// kind for each step.
std::string to_github(std::span<const Finding> findings);

/// JUnit's XML: a test case for each finding, a passed one for each file
/// without, an error for each problem.
std::string to_junit(std::span<const Finding> findings, const SarifRun& run);

}  // namespace chansan
