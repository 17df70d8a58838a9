// How the program ends: main returns, or exit() is called, while other
// goroutines may be in the middle of anything.
#pragma once

namespace csp::internal {

/// Writes out what standard output and standard error still hold.
void flush_output();

}  // namespace csp::internal
