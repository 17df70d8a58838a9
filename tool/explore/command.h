// The commands `chansan explore` and `chansan replay`.
#pragma once

namespace chansan {

/// Runs a program under many seeds, each of which fixes a schedule. Returns 0
/// if none fails, 1 if one failed, 2 if it could not be run.
int explore_command(int argc, const char* const* argv);

/// Runs it once more under the seed of a token; becomes the program.
int replay_command(int argc, const char* const* argv);

}  // namespace chansan
