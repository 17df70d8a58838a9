// The checks as a clang-tidy module, for our own command and the plugin.
#pragma once

namespace chansan::check {

/// Makes sure that a program which is linked with the checks registers them.
void link_module();

}  // namespace chansan::check
