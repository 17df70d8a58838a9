// The stopped program as a plain snapshot: goroutines and what they wait on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <unordered_map>
#include <vector>

#include "runtime/snapshot.h"
#include "runtime/src/goroutine.h"

namespace csp::internal {

/// Stacks of suspended goroutines. A million goroutines have few different
/// ones: a goroutine whose stack has the same return addresses in the same
/// places as one seen before is not unwound again.
class StackTable {
 public:
  /// Program counters, innermost first; they live as long as the table.
  std::span<const std::uintptr_t> of(const Goroutine& suspended);
  /// Keeps `pcs`, of a stack that is not suspended.
  std::span<const std::uintptr_t> keep(std::vector<std::uintptr_t> pcs);
  /// Leaves what it has to the caller; nothing may be asked afterwards.
  std::vector<std::unique_ptr<std::vector<std::uintptr_t>>> take() {
    return std::move(kept_);
  }

 private:
  struct Shape {
    std::size_t depth = 0;                // bytes from sp to the top
    std::vector<std::size_t> places;      // of return addresses, below the top
    std::vector<std::uintptr_t> returns;  // what stands there
    std::span<const std::uintptr_t> pcs;
  };
  static bool fits(const Shape& shape, const Goroutine& goroutine);

  std::vector<std::unique_ptr<std::vector<std::uintptr_t>>> kept_;
  std::unordered_map<std::size_t, std::vector<Shape>> shapes_;  // by depth
};

enum class Detail : std::uint8_t {
  kStacks,   // goroutines and stacks
  kObjects,  // besides, what they wait on and who can reach it
};

/// Every goroutine alive; `current`, which may be null, comes first and is
/// the caller. Requires: no other goroutine runs, or those that do are said
/// to be running.
seam::World take_world(const Goroutine* current, Detail detail);

/// Says of each object in `world` from which waiting goroutines it can be
/// reached. For explanation only: what a dead variable still points to counts.
void find_who_reaches(seam::World& world,
                      std::span<Goroutine* const> goroutines);

}  // namespace csp::internal
