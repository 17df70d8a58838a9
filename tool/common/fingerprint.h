// What tells a finding from others, whatever lines are added above it.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "chansan/finding.h"
#include "tool/common/source_files.h"

namespace chansan {

/// One fingerprint for each finding, of its kind, its file's name and the text
/// of its statement; equal ones are numbered in their order.
std::vector<std::string> fingerprints(std::span<const Finding> findings,
                                      SourceFiles& sources);

}  // namespace chansan
