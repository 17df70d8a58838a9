// The commands `chansan check` and `chansan checks`.
#pragma once

namespace chansan {

/// Runs `chansan check`. Returns the exit status: 0 nothing found, 1 findings,
/// 2 the analysis could not be done. `argv[0]` is the command's name.
int check_command(int argc, const char* const* argv);

/// Runs `chansan checks [ID]`: the list of checks, or one check's page.
/// Returns 0, or 2 if there is no such check.
int checks_command(int argc, const char* const* argv);

}  // namespace chansan
