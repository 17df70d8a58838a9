// The documents about the checks, as the tool finds them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tool/common/rule.h"

namespace chansan::check {

/// The page of the check `id`, in Markdown; nothing if it is not installed.
std::optional<std::string> page_of(std::string_view id);

/// Every check as a rule, with its page.
std::vector<Rule> check_rules();

}  // namespace chansan::check
