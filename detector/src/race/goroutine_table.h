// The goroutines that are alive, by id: twelve bytes for each, and about as
// much again for room.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "detector/src/race/goroutine.h"
#include "runtime/event.h"

namespace chansan::race {

/// Owns them. Open addressing: an entry stands at the first free slot from its
/// home on, and no slot before it is empty.
class GoroutineTable {
 public:
  GoroutineTable() = default;
  GoroutineTable(const GoroutineTable&) = delete;
  GoroutineTable& operator=(const GoroutineTable&) = delete;
  ~GoroutineTable();

  /// *Returns* null if there is none.
  Goroutine* find(csp::seam::GoroutineId id) const;
  /// Requires: there is none with this id.
  void add(std::unique_ptr<Goroutine> goroutine);
  /// *Returns* null if there is none.
  std::unique_ptr<Goroutine> remove(csp::seam::GoroutineId id);

 private:
  // The low half of an id: enough to pass nearly all others by.
  using Key = std::uint32_t;
  static constexpr std::size_t kGroup = 16;
  static constexpr std::size_t kFirstSlots = 2 * kGroup;
  // Of the ids in one of the detector's tables.
  static constexpr std::uint64_t kStep = 64;

  static Key key_of(csp::seam::GoroutineId id) { return static_cast<Key>(id); }
  // Goroutines that are made one after another stand side by side in a group;
  // multiplication spreads upward, so of these the highest bits are taken.
  std::size_t home(Key key) const {
    const std::uint64_t id = key / kStep;
    const std::uint64_t group = (id / kGroup * 0x9e3779b97f4a7c15u) >> shift_;
    return group * kGroup + id % kGroup;
  }
  std::size_t after(std::size_t slot) const {
    return (slot + 1) & (goroutines_.size() - 1);
  }
  // The slot of `id`, or the empty one where it would stand.
  std::size_t slot_of(csp::seam::GoroutineId id) const;
  void put(Key key, Goroutine* goroutine);
  void grow();

  // As many of both: a power of two, or none. Apart, so that looking for one
  // touches no other goroutine.
  std::vector<Goroutine*> goroutines_;  // null: the slot is empty
  std::vector<Key> keys_;
  int shift_ = 0;  // leaves the number of a group of slots
  std::size_t count_ = 0;
};

}  // namespace chansan::race
