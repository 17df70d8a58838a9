// Random programs on the runtime, each checked against what plain channels
// could have done. A program is fixed by its seed; its run is not.
#pragma once

#include <cstdint>
#include <string>

namespace stress {

/// A few goroutines with a few operations, selects among them, on up to three
/// channels: some order of the operations that agrees with their times must be
/// one that plain queues could have had. All orders are tried.
/// Returns what was wrong; empty: nothing.
std::string check_small_history(std::uint32_t seed);

/// Many operations on channels, locks and timers: every value arrives once and
/// in the order of its sender, and what locks guard is right.
std::string check_large_program(std::uint32_t seed);

}  // namespace stress
