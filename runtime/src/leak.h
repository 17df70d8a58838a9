// Reporting goroutines that can never run again.
#pragma once

namespace csp::internal {

/// Whether leaks are looked for when the program ends.
bool leaks_wanted();
/// Reports them. Of the caller's stack what lies above `frames` counts.
/// Requires: the world has been stopped.
void report_leaks_at_exit(const void* frames);

}  // namespace csp::internal
