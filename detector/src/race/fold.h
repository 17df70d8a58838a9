// How the shadow of goroutine stacks is folded: shadow.h says why.
#pragma once

#include <cstdint>

namespace chansan::race {

inline constexpr int kPageBits = 12;

/// Where things stand in a folded chunk. A stack is a unit of 256 KB and begins
/// at its upper end: in the last page of each unit, pieces of 32 bytes (a line
/// of the cache in the hot part) change places with those of 127 other units.
struct Fold {
  static constexpr int kUnitBits = 18;
  static constexpr int kPieceBits = 5;
  static constexpr std::uint64_t kLastPage =
      (std::uint64_t{1} << kUnitBits) - (std::uint64_t{1} << kPageBits);

  /// Its own inverse.
  static constexpr std::uint64_t apply(std::uint64_t offset) {
    if ((offset & kLastPage) != kLastPage) return offset;
    constexpr std::uint64_t kPieces = (1u << (kPageBits - kPieceBits)) - 1;
    const std::uint64_t differ =
        ((offset >> kUnitBits) ^ (offset >> kPieceBits)) & kPieces;
    return offset ^ (differ << kUnitBits | differ << kPieceBits);
  }
};

}  // namespace chansan::race
