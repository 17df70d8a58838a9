// What is remembered about each byte of the program's memory.
//
// Address -> chunk (a table of 64 MB pieces) -> granule of 8 bytes. A granule's
// hot part is two cell words, enough while few accesses concern it; its cold
// part, their contexts, is touched only when a word is written. When two cells
// are not enough the first word points to a History.
//
// Invariants of a granule while its lock is free:
//   1. If word 0 is a History, word 1 is empty.
//   2. Two cell words in it are never such that one subsumes the other on a
//      byte that both have, unless that one was unordered with it.
// The words are also read without the lock, by the same-epoch check: what it
// looks for, only its own goroutine writes.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "detector/src/race/cell.h"
#include "detector/src/race/history.h"
#include "detector/src/race/reserved.h"
#include "detector/src/race/spin_lock.h"
#include "detector/src/race/sync_object.h"

namespace chansan::race {

inline constexpr std::uint64_t kGranuleBytes = 8;
inline constexpr std::uint64_t kLineBytes = 64;  // under one lock
inline constexpr int kChunkBits = 26;
inline constexpr int kPageBits = 12;
inline constexpr int kAddressBits = 47;
inline constexpr std::uint64_t kBlockUnit = 16;  // every block starts at one

struct Granule {
  std::array<std::atomic<std::uint64_t>, 2> words;
};
static_assert(sizeof(Granule) == 16);

/// Of one page of the program's memory, made when it is needed.
struct PageNotes {
  SpinLock lock;  // guards sync
  SyncObjects sync;
  std::atomic<std::uint32_t> histories{0};
};

struct Chunk {
  static constexpr std::size_t kBytes = std::size_t{1} << kChunkBits;
  std::array<Granule, kBytes / kGranuleBytes> granules;
  std::array<std::array<ContextId, 2>, kBytes / kGranuleBytes> contexts;
  // At a heap block's first address: context 32 | size 31 | alive 1.
  std::array<std::atomic<std::uint64_t>, kBytes / kBlockUnit> blocks;
  std::array<std::atomic<PageNotes*>, (kBytes >> kPageBits)> pages;
  // 1: a cell of the page may be in use.
  std::array<std::atomic<std::uint8_t>, (kBytes >> kPageBits)> used;
};

/// A block of the heap.
struct Block {
  std::uint64_t address = 0;
  std::uint64_t size = 0;
  ContextId allocated_at = 0;
  bool freed = false;
};

class LockedGranule;

class Shadow {
 public:
  Shadow();
  Shadow(const Shadow&) = delete;
  Shadow& operator=(const Shadow&) = delete;
  ~Shadow();

  /// *Returns* null if nothing was ever kept near `address`.
  Chunk* find(std::uint64_t address) const {
    return chunks_[address >> kChunkBits].load(std::memory_order_acquire);
  }
  static Granule& granule(Chunk& chunk, std::uint64_t address) {
    return chunk.granules[(address & (Chunk::kBytes - 1)) / kGranuleBytes];
  }
  static bool has_place_for(std::uint64_t address) {
    return address >> kAddressBits == 0;
  }
  /// The chunk of `address`, made if need be; null if there is no memory.
  Chunk* chunk(std::uint64_t address);
  /// The notes of the page of `address`, made if need be; null as above.
  PageNotes* notes(std::uint64_t address);
  PageNotes* find_notes(std::uint64_t address) const;

  /// Forgets all that is known of [address, address + size).
  void clear(std::uint64_t address, std::uint64_t size);
  /// Forgets the synchronization objects in [address, address + size).
  void clear_objects(std::uint64_t address, std::uint64_t size);

  void set_block(std::uint64_t address, std::uint64_t size, ContextId context);
  void set_freed(std::uint64_t address);
  /// The block that covers `address`; size 0: none.
  Block block(std::uint64_t address) const;

  SpinLock& stripe(std::uint64_t address) {
    return stripes_[(address / kLineBytes) % kStripes];
  }

  /// Calls `visit(epoch)` for the epoch of each cell of memory. Cells made
  /// meanwhile may be left out, those there before are not.
  /// *Returns* how many pages were looked through.
  template <typename Visit>
  std::size_t for_each_epoch(Visit visit);
  std::vector<PageNotes*> all_notes() const;

 private:
  friend class LockedGranule;
  static constexpr std::size_t kChunks = std::size_t{1}
                                         << (kAddressBits - kChunkBits);
  static constexpr std::size_t kStripes = std::size_t{1} << 12;

  std::vector<std::pair<std::uint64_t, Chunk*>> all_chunks() const;
  void clear_granules(Chunk& chunk, std::uint64_t address, std::uint64_t end);
  void clear_pages(Chunk& chunk, std::uint64_t first, std::uint64_t last);
  void clear_piece(Chunk& chunk, std::uint64_t address, std::uint64_t end);

  ReservedArray<std::atomic<Chunk*>> chunks_{kChunks};
  std::array<SpinLock, kStripes> stripes_;
  mutable SpinLock growing_;  // guards the two below
  std::vector<std::pair<std::uint64_t, Chunk*>> made_;
  std::vector<std::unique_ptr<PageNotes>> notes_;
  mutable SpinLock large_lock_;  // guards large_
  std::vector<Block> large_;     // blocks of kLargeBlock and more, by address
};

/// One granule. Requires: the lock of its stripe is held.
class LockedGranule {
 public:
  LockedGranule(Shadow& shadow, Chunk& chunk, std::uint64_t address);
  LockedGranule(const LockedGranule&) = delete;
  LockedGranule& operator=(const LockedGranule&) = delete;

  /// Compares `fresh` with what is kept, then keeps it.
  void access(Cell fresh, Knowledge& knowledge, Conflicts& conflicts);
  void clear();
  /// Leaves only bytes that are not in `mask`.
  void drop(std::uint8_t mask);
  template <typename Visit>
  void for_each(Visit visit) const;

 private:
  History* history() const;
  void store(std::size_t i, Cell cell);
  Cell load(std::size_t i) const;
  void spill(const std::array<Cell, 3>& cells);
  void condense(History* history);
  std::atomic<std::uint32_t>& histories_of_page();

  Shadow& shadow_;
  Chunk& chunk_;
  const std::uint64_t address_;
  Granule& granule_;
  std::array<ContextId, 2>& contexts_;
};

template <typename Visit>
std::size_t Shadow::for_each_epoch(Visit visit) {
  std::size_t pages = 0;
  for (const auto& [base, chunk] : all_chunks()) {
    for (std::size_t page = 0; page < chunk->used.size(); ++page) {
      if (chunk->used[page].load(std::memory_order_relaxed) == 0) continue;
      ++pages;
      const std::uint64_t first = base + (page << kPageBits);
      const std::uint64_t end = first + (std::uint64_t{1} << kPageBits);
      for (std::uint64_t at = first; at < end; at += kGranuleBytes) {
        const Granule& words = granule(*chunk, at);
        if (words.words[0].load(std::memory_order_relaxed) == 0 &&
            words.words[1].load(std::memory_order_relaxed) == 0) {
          continue;
        }
        const std::scoped_lock guard(stripe(at));
        const LockedGranule locked(*this, *chunk, at);
        locked.for_each([&](const Cell& cell) { visit(cell.word.epoch()); });
      }
    }
  }
  return pages;
}

template <typename Visit>
void LockedGranule::for_each(Visit visit) const {
  if (const History* all = history()) {
    all->for_each(visit);
    return;
  }
  for (std::size_t i = 0; i < granule_.words.size(); ++i) {
    const Cell cell = load(i);
    if (!cell.word.empty()) visit(cell);
  }
}

}  // namespace chansan::race
