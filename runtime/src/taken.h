// Who took a lock, and where: Taken, note_taken() (csp/internal/fast_path.h).
#pragma once

#include "csp/sync.h"
#include "runtime/src/scheduler.h"

namespace csp::internal {

inline std::uint32_t owner_id(const Goroutine* goroutine) {
  return static_cast<std::uint32_t>(goroutine->id);
}

}  // namespace csp::internal
