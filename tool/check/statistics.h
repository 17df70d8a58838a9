// What the analysis did and what it gave up on, for `--stats`.
#pragma once

#include <atomic>
#include <cstdint>
#include <iosfwd>

#include "tool/check/model/outcome.h"

namespace chansan::check {

/// Counted over all files of the run; the engine offers no way to hand values
/// from a check to the command but one place for the process.
struct Statistics {
  std::atomic<std::uint64_t> functions = 0;  // lowered to the model
  std::atomic<std::uint64_t> roots = 0;      // where an exploration began
  std::atomic<std::uint64_t> states = 0;     // explored
  std::atomic<std::uint64_t> given_up = 0;   // explorations cut by a bound
  // Others that did not follow what assumes too much of unknown conditions.
  std::atomic<std::uint64_t> narrowed = 0;
  // Processor time of building, linking and exploring.
  std::atomic<std::uint64_t> microseconds = 0;
};

Statistics& statistics();

/// Counts an exploration.
void count(const model::Outcomes& outcomes);

/// Processor time so far, of this thread or of the whole process, us. Other
/// programs on the machine do not count, as they would by a clock on the wall.
std::uint64_t thread_time_us();
std::uint64_t process_time_us();

void print_statistics(std::ostream& out);

}  // namespace chansan::check
