// The roles by the names that users write in .chansan.yaml and that csp's
// headers carry in their annotations.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"
#include "tool/check/lower/roles.h"

namespace chansan::lower {

std::optional<Role> role_named(llvm::StringRef name);

/// All names, sorted, with commas.
std::string role_names();

/// Reads `pool::submit=spawn;pool::wait=wg_wait`. A name that is no role is
/// passed over: who wrote it has been told.
llvm::StringMap<Role> parse_roles(llvm::StringRef text);

}  // namespace chansan::lower
