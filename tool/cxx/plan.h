// What `chansan cxx` starts: one compiler command, or, where g++ would link
// its own detector, one for each source and one that links.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "tool/cxx/arguments.h"
#include "tool/cxx/compiler.h"
#include "tool/cxx/layout.h"

namespace chansan::cxx {

enum class Variant : std::uint8_t { kPlain, kRace };

using CommandLine = std::vector<std::string>;

struct Plan {
  std::vector<CommandLine> compiles;     // come first; often none
  std::vector<std::string> temporaries;  // what they write
  CommandLine last;
};

/// `words` are the user's, as typed; `arguments` are the same, understood.
/// Temporary objects are put into `scratch`.
Plan make_plan(std::span<const std::string> words, const Arguments& arguments,
               const Compiler& compiler, const Layout& layout, Variant variant,
               const std::string& scratch);

/// Whether make_plan() would need a directory for temporary objects.
/// `-fsanitize=thread` at the link adds the compiler's own detector, whose
/// callbacks collide with ours. No option keeps g++ from that; the one that
/// keeps clang from it would take the runtime of other sanitizers away, too.
bool splits(const Arguments& arguments, const Compiler& compiler,
            Variant variant);

}  // namespace chansan::cxx
