// Goroutines as text, in the form of Go's own tracebacks.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "runtime/hooks.h"
#include "runtime/src/goroutine.h"

namespace csp::internal {

/// Where the outermost frame of the calling OS thread's own stack lies, what is
/// above belongs to the C library. The first frames of a thread hold what its
/// creator had in its registers. Requires: no goroutine runs on the stack.
std::uintptr_t first_frame_of_thread();

/// Program counters of the caller's stack, innermost first; each points into
/// its call.
std::vector<std::uintptr_t> backtrace_here();
/// The same of a goroutine that is suspended, and stays so. `places`, unless
/// null, receives how far below the stack's top each return address stands.
std::vector<std::uintptr_t> backtrace_of(
    const Goroutine& suspended, std::vector<std::size_t>* places = nullptr);

/// The part of a suspended stack that is the user's: what the runtime's own
/// innermost frames have left in theirs says nothing.
struct UserPart {
  static constexpr std::size_t kRegisters = 6;
  std::uintptr_t low = 0;  // up to the stack's top
  /// Those that calls preserve, as the user's innermost frame has them.
  std::array<std::uintptr_t, kRegisters> registers{};
};

/// Finds it, and remembers which code is whose.
class UserParts {
 public:
  UserPart of(const Goroutine& suspended);

 private:
  friend struct UserSearch;
  bool is_user(std::uintptr_t pc);
  std::unordered_map<std::uintptr_t, bool> known_;
};

/// The blocks of a traceback, with a blank line between two. Beyond
/// `full_max` blocks, equal ones are counted together.
std::string to_text(std::span<const seam::GoroutineSnapshot> goroutines,
                    std::size_t full_max = 1000);

}  // namespace csp::internal
