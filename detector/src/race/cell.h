// One remembered access: who, when, which bytes of a granule, in which manner.
#pragma once

#include <cstdint>

namespace chansan::race {

/// A component of the vector clocks. Not a goroutine: a chain carries one
/// goroutine after another, each ordered after the one before.
using ChainId = std::uint32_t;
/// How many releases a chain has made; 0: none of it is known.
using Tick = std::uint32_t;
/// A calling context; 0: the empty one.
using ContextId = std::uint32_t;

inline constexpr int kChainBits = 24;
inline constexpr int kTickBits = 30;
inline constexpr ChainId kChainsMax = (1u << kChainBits) - 1;
inline constexpr Tick kTickMax = (1u << kTickBits) - 1;
inline constexpr ChainId kNoChain = ~0u;

/// A point in the life of a chain.
struct Epoch {
  ChainId chain = kNoChain;
  Tick tick = 0;
  bool operator==(const Epoch&) const = default;
};

/// Bit 0: atomic. Bit 1: writes.
enum class Manner : std::uint8_t {
  kRead = 0,
  kAtomicRead = 1,
  kWrite = 2,
  kAtomicWrite = 3,
};
inline constexpr int kManners = 4;

constexpr bool is_write(Manner manner) {
  return (static_cast<int>(manner) & 2) != 0;
}
constexpr bool is_atomic(Manner manner) {
  return (static_cast<int>(manner) & 1) != 0;
}

/// Whether two unordered accesses of these manners to one byte are a race.
constexpr bool conflict(Manner a, Manner b) {
  return (is_write(a) || is_write(b)) && !(is_atomic(a) && is_atomic(b));
}

/// Whether `later` conflicts with all that `earlier` conflicts with. Then an
/// earlier access that is ordered before the later one need not be kept: what
/// is unordered with the earlier is unordered with the later too.
constexpr bool subsumes(Manner later, Manner earlier) {
  return later == Manner::kWrite || later == earlier ||
         earlier == Manner::kAtomicRead;
}

/// manner 2 | chain 24 | tick 30 | mask 8, from the highest bit. A word of
/// zero is empty; a mask of zero with anything above is a pointer, shifted by
/// 8, to the granule's History.
class CellWord {
 public:
  static constexpr int kTickShift = 8;
  static constexpr int kChainShift = kTickShift + kTickBits;
  static constexpr int kMannerShift = kChainShift + kChainBits;
  static constexpr std::uint64_t kMaskBits = 0xff;
  static constexpr std::uint64_t kWriteBit = 1ull << 63;
  static constexpr std::uint64_t kAtomicBit = 1ull << 62;

  constexpr CellWord() = default;
  constexpr explicit CellWord(std::uint64_t bits) : bits_(bits) {}
  constexpr CellWord(Epoch epoch, Manner manner, std::uint8_t mask)
      : bits_(std::uint64_t{static_cast<std::uint8_t>(manner)} << kMannerShift |
              std::uint64_t{epoch.chain} << kChainShift |
              std::uint64_t{epoch.tick} << kTickShift | mask) {}

  constexpr std::uint64_t bits() const { return bits_; }
  constexpr bool empty() const { return bits_ == 0; }
  constexpr bool is_history() const { return mask() == 0 && bits_ != 0; }
  constexpr std::uint8_t mask() const {
    return static_cast<std::uint8_t>(bits_ & kMaskBits);
  }
  constexpr Epoch epoch() const {
    return {static_cast<ChainId>(bits_ >> kChainShift & kChainsMax),
            static_cast<Tick>(bits_ >> kTickShift & kTickMax)};
  }
  constexpr Manner manner() const {
    return static_cast<Manner>(bits_ >> kMannerShift);
  }
  /// Everything but the mask.
  constexpr std::uint64_t key() const { return bits_ & ~kMaskBits; }
  /// Whether it is of the same goroutine and tick as `read`, a plain one: then
  /// that has nothing new on the bytes of both.
  constexpr bool covers_read(CellWord read) const {
    return ((bits_ ^ read.bits_) & ~kMaskBits & ~kWriteBit) == 0;
  }
  /// Whether it is of the same chain, manner and bytes as `other`.
  constexpr bool differs_in_tick_only(CellWord other) const {
    constexpr std::uint64_t kTickField = std::uint64_t{kTickMax} << kTickShift;
    return ((bits_ ^ other.bits_) & ~kTickField) == 0;
  }
  void drop(std::uint8_t mask) {
    bits_ &= ~std::uint64_t{mask};
    if ((bits_ & kMaskBits) == 0) bits_ = 0;
  }
  void add(std::uint8_t mask) { bits_ |= mask; }

 private:
  std::uint64_t bits_ = 0;
};
static_assert(CellWord::kMannerShift + 2 == 64);
static_assert(sizeof(CellWord) == 8, "two of them are a granule's hot part");

/// A word and where the access stood in the program.
struct Cell {
  CellWord word;
  ContextId context = 0;
};

}  // namespace chansan::race
