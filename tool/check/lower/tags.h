// What the user says of functions and types of their own becomes what csp's
// headers say of theirs: an annotation.
#pragma once

#include "clang/AST/ASTContext.h"
#include "llvm/ADT/StringRef.h"

namespace chansan::lower {

/// Reads `pool::submit=spawn;my::Mutex=mutex` and annotates what the unit
/// declares by these names. To be called before anything asks for a role.
void tag_declarations(clang::ASTContext& context, llvm::StringRef roles);

}  // namespace chansan::lower
