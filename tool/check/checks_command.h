// What `chansan check` shares with `chansan checks`.
#pragma once

#include <string>
#include <string_view>

#include "tool/common/command_line.h"

namespace chansan::check {

/// One line for each check.
std::string list_text(Color color);

/// Prints the page of a check. Returns 0, or 2 after saying what is wrong.
int print_page(std::string_view command, const std::string& id,
               const OutputOptions& output);

}  // namespace chansan::check
