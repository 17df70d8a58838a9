// All accesses to one granule (or to one object) that may still race with
// something: the slow, complete form behind the two words of a granule.
//
// A few cells are kept by themselves; more, in a list for each manner.
//
// Invariants:
//   1. Of two cells in order, the later does not subsume the earlier on any
//      byte that both have, except in a crowded list between two thinnings.
//   2. A crowded list (more than kCrowd cells) has no two cells of one chain
//      with the same mask.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "detector/src/race/cell.h"
#include "detector/src/race/knowledge.h"

namespace chansan::race {

/// Unordered conflicting cells met by one access, each on bytes that no other
/// one found was on: what a report needs.
class Conflicts {
 public:
  static constexpr std::size_t kMax = 8;  // the bytes of a granule

  // Nothing that is not added is ever read.
  Conflicts() {}  // NOLINT(modernize-use-equals-default)

  void add(Cell cell, std::uint8_t overlap) {
    const std::uint8_t fresh = overlap & ~seen_;
    if (fresh == 0) return;
    seen_ |= fresh;
    words_[count_] = cell.word.bits();
    contexts_[count_] = cell.context;
    overlaps_[count_++] = fresh;
  }
  bool empty() const { return count_ == 0; }
  std::size_t size() const { return count_; }
  Cell cell(std::size_t i) const { return {CellWord(words_[i]), contexts_[i]}; }
  std::uint8_t overlap(std::size_t i) const { return overlaps_[i]; }

 private:
  std::size_t count_ = 0;
  std::uint8_t seen_ = 0;
  // Left uninitialized beyond count_: most accesses meet no conflict.
  std::array<std::uint64_t, kMax> words_;
  std::array<ContextId, kMax> contexts_;
  std::array<std::uint8_t, kMax> overlaps_;
};

class History {
 public:
  /// Compares `fresh` with what is kept, then keeps it.
  void access(Cell fresh, Knowledge& knowledge, Conflicts& conflicts);

  /// Whether `fresh` is a read, and of each of its bytes the same goroutine's
  /// read or write is kept of the same tick.
  bool covers(CellWord fresh) const;
  /// Cells kept.
  std::size_t size() const;
  /// Calls `visit(cell)` for each cell.
  template <typename Visit>
  void for_each(Visit visit) const {
    for (std::size_t i = 0; i < few_count_; ++i) visit(few_[i]);
    if (lists_ == nullptr) return;
    for (const List& list : *lists_) {
      for (const Cell& cell : list.cells) visit(cell);
    }
  }
  /// Keeps `cell`, which nothing kept is in conflict with.
  void add(Cell cell);

 private:
  static constexpr std::size_t kFew = 8;
  static constexpr std::size_t kCrowd = 16;
  struct List {
    std::vector<Cell> cells;
    // Where a chain's cell with a mask stands; filled while crowded.
    std::unordered_map<std::uint64_t, std::size_t> index;
    std::size_t thin_at = kCrowd;  // how many cells make thinning due
  };

  static std::uint64_t index_key(CellWord word);
  void access_few(Cell fresh, Knowledge& knowledge, Conflicts& conflicts);
  void add_to_few(Cell cell);
  void make_lists();
  void add_to_lists(Cell cell);
  void thin(Cell fresh, Knowledge& knowledge);

  std::size_t few_count_ = 0;  // 0 once there are lists
  std::array<Cell, kFew> few_;
  std::unique_ptr<std::array<List, kManners>> lists_;  // by manner
};

}  // namespace chansan::race
