// The command `chansan run`.
#pragma once

namespace chansan {

/// Runs a program and collects its reports. Returns the program's exit
/// status, 66 if a race was reported and its own was 0, 2 if it could not be
/// run. `argv[0]` is the command's name.
int run_command(int argc, const char* const* argv);

}  // namespace chansan
