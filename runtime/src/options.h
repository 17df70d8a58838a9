// CHANSAN_OPTIONS and what else of the environment the runtime reads.
#pragma once

#include <cstddef>
#include <cstdint>

namespace csp::internal {

/// Reads CHANSAN_OPTIONS, once. An unknown name, or one without a value, ends
/// the program with a list of the known ones.
void read_options();

/// Of CHANSAN_OPTIONS=stack_kb=N, rounded up to pages; what is no size ends the
/// program.
std::size_t stack_bytes_option();

/// Of CHANSAN_OPTIONS=stack_idle_ms=N, in nanoseconds; 0: never.
std::int64_t stack_idle_option_ns();

/// $GOMAXPROCS, else usable_cpus().
int default_processors();
/// CPUs that the process may use: its affinity mask, and the quota of its
/// control group rounded up.
int usable_cpus();

}  // namespace csp::internal
