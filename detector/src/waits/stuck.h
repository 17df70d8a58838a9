// What ended a program, judged: which goroutine waits for what, and why nobody
// can help it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "chansan/finding.h"

namespace chansan::waits {

/// A goroutine as it was found, and the object of its wait.
struct Waiting {
  Goroutine goroutine;
  std::uint64_t object = 0;  // 0: none, or several
};

enum class End : std::uint8_t { kDeadlock, kPanic, kFatalError };

/// The finding for the end of a program. `message` is its first line.
Finding judge(End end, const std::string& message,
              const std::vector<Waiting>& goroutines);

}  // namespace chansan::waits
