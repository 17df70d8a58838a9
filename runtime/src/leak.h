// Reporting goroutines that can never run again.
#pragma once

namespace csp::internal {

/// Whether leaks are looked for when the program ends.
bool leaks_wanted();
/// Reports them. Requires: the world has been stopped.
void report_leaks_at_exit();

}  // namespace csp::internal
