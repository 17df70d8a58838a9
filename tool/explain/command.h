// The command `chansan explain`.
#pragma once

namespace chansan {

/// Prints a report or a dump for a person. Returns 0, or 2 if it cannot be
/// read. `argv[0]` is the command's name.
int explain_command(int argc, const char* const* argv);

}  // namespace chansan
