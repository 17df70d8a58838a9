// What the checks of misused objects have in common.
#pragma once

#include <string>

#include "tool/check/analysis.h"

namespace chansan::check {

/// The steps that lead to the misuse, and the operation before it that
/// `other` names, if there is one.
Story misuse_story(const model::Misuse& misuse, const std::string& other,
                   const Analysis& analysis);

}  // namespace chansan::check
