// Findings that are known already and do not fail a run.
#pragma once

#include <string>
#include <vector>

#include "chansan/finding.h"
#include "tool/common/source_files.h"

namespace chansan::check {

/// Writes what `findings` are to `path`. Returns: whether it could.
bool write_baseline(const std::string& path,
                    const std::vector<Finding>& findings, SourceFiles& sources);

/// Marks the findings that `path` lists as suppressed by the baseline.
/// Returns: what is wrong with the file; empty if nothing is.
std::string apply_baseline(const std::string& path,
                           std::vector<Finding>& findings,
                           SourceFiles& sources);

}  // namespace chansan::check
