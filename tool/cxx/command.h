// The command `chansan cxx`.
#pragma once

namespace chansan {

/// Runs the compiler. Returns only if that failed; `argv[0]` is the command's
/// name.
int cxx_command(int argc, const char* const* argv);

}  // namespace chansan
