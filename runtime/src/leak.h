// Reporting goroutines that can never run again.
#pragma once

namespace csp::internal {

/// Whether leaks are looked for when the program ends.
bool leaks_wanted();
/// Whether the options leave that open.
bool leaks_unsaid();
/// Reports them. Of the caller's stack what lies above `frames` counts.
/// Requires: the world has been stopped.
void report_leaks_at_exit(const void* frames);
/// Warns of those that wait for each other's locks, or for a lock whose owner
/// has ended: of any program, whatever leaks_wanted() says. Where nobody waits
/// for a lock it looks at the goroutines, and at no memory.
/// Requires: as above.
void warn_of_lost_locks_at_exit(const void* frames);
/// Whether leak::check() or a leak::scope has reported any.
bool leaks_reported();

}  // namespace csp::internal
