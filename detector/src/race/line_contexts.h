// Where the accesses that a line's cells remember stood in the program.
//
// Neighbours are mostly touched by the same code: then their first cells have
// one context and their second cells another, and the line has room for two. A
// line whose cells differ has a LineTable.
#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <vector>

#include "detector/src/race/cell.h"
#include "detector/src/race/reserved.h"
#include "detector/src/race/spin_lock.h"

namespace chansan::race {

inline constexpr std::size_t kLineGranules = 8;

/// A context for each cell of a line.
struct LineTable {
  std::array<std::array<ContextId, 2>, kLineGranules> of;
};

/// Guarded by the line's lock. Either the two contexts, or kTable and the
/// number of the table.
struct LineContexts {
  static constexpr ContextId kTable = ~0u;
  std::array<ContextId, 2> both;

  bool has_table() const { return both[0] == kTable; }
};
static_assert(sizeof(LineContexts) == 8, "an eighth of the line");

/// The tables of all lines. Any thread may take and give.
class LineTables {
 public:
  LineTable& operator[](std::uint32_t number) { return tables_[number]; }
  const LineTable& operator[](std::uint32_t number) const {
    return tables_[number];
  }

  /// *Returns* 0 if there is no room for more.
  std::uint32_t take() {
    const std::scoped_lock guard(lock_);
    if (free_.empty()) return made_ < kMax ? made_++ : 0;
    const std::uint32_t number = free_.back();
    free_.pop_back();
    return number;
  }
  void give(std::uint32_t number) {
    const std::scoped_lock guard(lock_);
    free_.push_back(number);
  }

  /// That were ever needed at once.
  std::uint64_t bytes() const {
    const std::scoped_lock guard(lock_);
    return made_ * sizeof(LineTable);
  }

 private:
  static constexpr std::uint32_t kMax = std::uint32_t{1} << 30;
  ReservedArray<LineTable> tables_{kMax};
  mutable SpinLock lock_;            // guards the two below
  std::vector<std::uint32_t> free_;  // the last given is the next taken
  std::uint32_t made_ = 1;           // 0 is none
};

}  // namespace chansan::race
