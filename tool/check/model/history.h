// Happens-before over the accesses of one execution.
#pragma once

#include "tool/check/model/state.h"

namespace chansan::model {

struct AccessKind {
  bool write = false;
  bool atomic = false;
};

/// Notes that `goroutine` reads or writes a cell. Returns the accesses that
/// race with it: to the same cell, by another goroutine, not ordered before,
/// one of the two a write, not both atomic.
std::vector<Access> note_access(State& state, Goroutine& goroutine,
                                std::uint32_t segment, std::uint32_t offset,
                                AccessKind kind, SiteId site);

}  // namespace chansan::model
