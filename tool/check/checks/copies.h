// Copies of objects that goroutines share by their address.
#pragma once

#include <functional>
#include <string>

#include "tool/check/facts.h"

namespace chansan::check {

struct Copy {
  clang::SourceLocation at;
  std::string what;    // the name of the object
  std::string member;  // the member that must not be copied; empty: itself
};

/// Every copy of an object that is, or holds, one of these types: of csp's and
/// the standard library's by role, of pthreads' by name.
std::vector<Copy> copies_of(const Facts& facts,
                            std::initializer_list<TypeRole> roles,
                            std::initializer_list<llvm::StringRef> c_types);

}  // namespace chansan::check
