// CHANSAN_OPTIONS and what else of the environment the runtime reads.
#pragma once

namespace csp::internal {

/// Reads CHANSAN_OPTIONS, once. An unknown name, or one without a value, ends
/// the program with a list of the known ones.
void read_options();

/// $GOMAXPROCS, else usable_cpus().
int default_processors();
/// CPUs that the process may use: its affinity mask, and the quota of its
/// control group rounded up.
int usable_cpus();

}  // namespace csp::internal
