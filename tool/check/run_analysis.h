// The whole analysis: each file, from the cache if nothing changed, and then
// all of them together.
#pragma once

#include <string>
#include <vector>

#include "tool/check/database.h"
#include "tool/check/options.h"

namespace chansan::check {

/// One result for each file, in their order, and at the end one for what the
/// files do together.
std::vector<FileResult> run_analysis(const Options& options,
                                     const Database& database,
                                     const std::vector<std::string>& files);

}  // namespace chansan::check
