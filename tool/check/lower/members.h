// The members of records, for messages.
#pragma once

#include <vector>

#include "clang/AST/Type.h"
#include "tool/check/lower/types.h"
#include "tool/check/model/program.h"

namespace chansan::lower {

/// Behind the last of `variables`, of the type `type`, entries for its members
/// and their members, called "shop.stock". They keep the site of the whole:
/// that is what a race is told once for.
void add_members(std::vector<model::Variable>& variables, clang::QualType type,
                 Types& types);

}  // namespace chansan::lower
