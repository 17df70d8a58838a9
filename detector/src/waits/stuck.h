// What ended a program, or what it left behind, judged: which goroutine waits
// for what, and why nobody can help it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "chansan/finding.h"
#include "detector/src/waits/places.h"
#include "runtime/snapshot.h"

namespace chansan::waits {

enum class End : std::uint8_t { kDeadlock, kPanic, kFatalError };

/// The finding for the end of a program. `message` is its first line.
Finding judge(End end, const std::string& message,
              const csp::seam::World& world, Places& places);

/// The findings for goroutines that can never run again while the program goes
/// on, one for each knot. `world` is of all; `stuck` has been proved.
std::vector<Finding> judge_leaks(const csp::seam::World& world,
                                 std::span<const csp::seam::GoroutineId> stuck,
                                 Places& places);

}  // namespace chansan::waits
