// Remembering who took a lock, and where.
#pragma once

#include "csp/sync.h"
#include "runtime/src/scheduler.h"

namespace csp::internal {

inline std::uint32_t owner_id(const Goroutine* goroutine) {
  return static_cast<std::uint32_t>(goroutine->id);
}

/// The caller has just taken the lock. Two stores to a line that it owns:
/// what the lock-owner rules of a deadlock's report stand on.
inline void note_taken(Taken& taken, void* site) {
  taken.note(site);
}

}  // namespace csp::internal
