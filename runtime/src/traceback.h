// Goroutines as text, in the form of Go's own tracebacks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "runtime/hooks.h"
#include "runtime/src/goroutine.h"

namespace csp::internal {

/// Program counters of the caller's stack, innermost first; each points into
/// its call.
std::vector<std::uintptr_t> backtrace_here();
/// The same of a goroutine that is suspended, and stays so.
std::vector<std::uintptr_t> backtrace_of(const Goroutine& suspended);

/// Every goroutine alive; `current`, which may be null, comes first and is
/// the caller. Requires: no other goroutine runs, or those that do are said
/// to be running.
std::vector<seam::GoroutineSnapshot> snapshot(const Goroutine* current);

/// The blocks of a traceback, with a blank line between two. Beyond
/// `full_max` blocks, equal ones are counted together.
std::string to_text(const std::vector<seam::GoroutineSnapshot>& goroutines,
                    std::size_t full_max = 1000);

}  // namespace csp::internal
