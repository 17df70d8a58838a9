// The roles by the names that users write in .chansan.yaml and that csp's
// headers carry in their annotations.
#pragma once

#include <string>

#include "llvm/ADT/StringRef.h"

namespace chansan::lower {

/// Of a function or of a type.
bool is_role(llvm::StringRef name);

/// All names, sorted, with commas.
std::string role_names();

}  // namespace chansan::lower
