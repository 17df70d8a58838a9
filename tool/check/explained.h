// One mistake, one finding: where a check names the mistake itself, what
// another tells of its consequences is left out.
#pragma once

#include <vector>

#include "tool/check/engine.h"

namespace chansan::check {

/// Drops each finding about goroutines that are stuck while the program goes
/// on, or about a variable that they outlive, that passes through a line where
/// a more precise finding stands.
void drop_explained(std::vector<FileResult>& results);

}  // namespace chansan::check
