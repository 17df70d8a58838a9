// Goroutines as text, in the form of Go's own tracebacks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "runtime/hooks.h"
#include "runtime/src/goroutine.h"

namespace csp::internal {

/// Program counters of the caller's stack, innermost first; each points into
/// its call.
std::vector<std::uintptr_t> backtrace_here();
/// The same of a goroutine that is suspended, and stays so. `places`, unless
/// null, receives how far below the stack's top each return address stands.
std::vector<std::uintptr_t> backtrace_of(
    const Goroutine& suspended, std::vector<std::size_t>* places = nullptr);

/// The blocks of a traceback, with a blank line between two. Beyond
/// `full_max` blocks, equal ones are counted together.
std::string to_text(std::span<const seam::GoroutineSnapshot> goroutines,
                    std::size_t full_max = 1000);

}  // namespace csp::internal
