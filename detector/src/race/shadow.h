// What is remembered about each byte of the program's memory.
//
// Address -> chunk (a table of 64 MB pieces) -> granule of 8 bytes. A granule's
// hot part is two cell words, enough while few accesses concern it; its cold
// part, their contexts, is touched only when a word is written. When two cells
// are not enough the first word points to a History.
//
// A chunk of goroutine stacks is folded: what lies at the same depth of many
// stacks is neighbours in its shadow. Most stacks are used for a few bytes at
// their top, and a page of shadow for each would be most of what a goroutine
// costs.
//
// Invariants of a granule while its lock is free:
//   1. If word 0 is a History, word 1 is empty.
//   2. Two cell words in it are never such that one subsumes the other on a
//      byte that both have, unless that one was unordered with it.
//   3. If a word is not empty, the line's bit in its chunk's `lines` is set,
//      and the page's in `touched`.
// The words are also read without the lock, by the same-epoch check: what it
// looks for, only its own goroutine writes.
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "detector/src/race/cell.h"
#include "detector/src/race/fold.h"
#include "detector/src/race/history.h"
#include "detector/src/race/line_contexts.h"
#include "detector/src/race/reserved.h"
#include "detector/src/race/sole_thread.h"
#include "detector/src/race/spin_lock.h"
#include "detector/src/race/sync_object.h"

namespace chansan::race {

inline constexpr std::uint64_t kGranuleBytes = 8;
inline constexpr std::uint64_t kLineBytes = 64;  // under one lock
inline constexpr int kChunkBits = 26;
inline constexpr int kAddressBits = 47;
inline constexpr std::uint64_t kBlockUnit = 16;  // every block starts at one

struct Granule {
  std::array<std::atomic<std::uint64_t>, 2> words;

  bool is_empty() const {
    return (words[0].load(std::memory_order_relaxed) |
            words[1].load(std::memory_order_relaxed)) == 0;
  }
  bool has_history() const {
    return CellWord(words[0].load(std::memory_order_relaxed)).is_history();
  }
};
static_assert(sizeof(Granule) == 16);

/// Of one page of the program's memory, made when it is needed.
struct PageNotes {
  SpinLock lock;  // guards sync
  SyncObjects sync;
  std::atomic<std::uint32_t> histories{0};
};

struct Chunk {
  static constexpr int kSpanBits = kPageBits + 3;  // what is forgotten at once
  static constexpr std::size_t kBytes = std::size_t{1} << kChunkBits;
  static constexpr std::size_t kPages = kBytes >> kPageBits;
  static constexpr std::size_t kUnits = kBytes >> Fold::kUnitBits;
  static constexpr std::size_t kLines = kBytes / kLineBytes;
  static constexpr std::size_t kPageLines = (1u << kPageBits) / kLineBytes;

  std::size_t granule_index(std::uint64_t address) const {
    const std::uint64_t offset = address & (kBytes - 1);
    return (folded ? Fold::apply(offset) : offset) / kGranuleBytes;
  }
  std::size_t line_index(std::uint64_t address) const {
    const std::uint64_t offset = address & (kBytes - 1);
    const std::size_t line = offset / kLineBytes;
    if (!folded || (offset & Fold::kLastPage) != Fold::kLastPage) return line;
    return kLines + line % kPageLines * kUnits + unit_index(address);
  }
  /// In `lines` and `pages`. If the chunk is folded the same pages of all units
  /// are neighbours, and the last ones are first.
  std::size_t page_index(std::uint64_t address) const {
    const std::uint64_t page = (address & (kBytes - 1)) >> kPageBits;
    constexpr int kPagesBits = Fold::kUnitBits - kPageBits;
    if (!folded) return page;
    constexpr std::size_t kUnitPages = std::size_t{1} << kPagesBits;
    return (kUnitPages - 1 - page % kUnitPages) * kUnits + page / kUnitPages;
  }
  static std::size_t unit_index(std::uint64_t address) {
    return (address & (kBytes - 1)) >> Fold::kUnitBits;
  }
  static std::size_t span_index(std::uint64_t address) {
    return (address & (kBytes - 1)) >> kSpanBits;
  }
  /// The bit of the page of `address` in its unit.
  static std::uint64_t page_bit(std::uint64_t address) {
    return std::uint64_t{1} << ((address >> kPageBits) &
                                ((1u << (Fold::kUnitBits - kPageBits)) - 1));
  }
  /// The bit of the line of `address` in its page.
  static std::uint64_t line_bit(std::uint64_t address) {
    return std::uint64_t{1} << (address / kLineBytes % 64);
  }
  /// Whether something may be kept of the line of `address`; if not, there is
  /// no need to look at its granules, which would cost a page of zeros.
  bool is_line_used(std::uint64_t address) const {
    return (lines[page_index(address)].load(std::memory_order_relaxed) &
            line_bit(address)) != 0;
  }
  /// Notes that something is kept of the line of `address`. *Returns* whether
  /// nothing was. Requires: the line's lock.
  bool use_line(std::uint64_t address) {
    if (is_line_used(address)) [[likely]] {
      return false;
    }
    const std::uint64_t bit = line_bit(address);
    update(lines[page_index(address)],
           [bit](auto known) { return known | bit; });
    auto& unit = touched[unit_index(address)];
    const std::uint64_t page = page_bit(address);
    if ((unit.load(std::memory_order_relaxed) & page) == 0) {
      update(unit, [page](auto known) { return known | page; });
    }
    return true;
  }

  std::array<Granule, kBytes / kGranuleBytes> granules;
  // Those of the units' last pages, if it is folded, behind all others.
  std::array<LineContexts, kLines + kPageLines * kUnits> contexts;
  // At a heap block's first address: context 32 | size 31 | alive 1.
  std::array<std::atomic<std::uint64_t>, kBytes / kBlockUnit> blocks;
  std::array<std::atomic<PageNotes*>, kPages> pages;
  // When something of the span was last noted, if the shadow has a limit.
  std::array<std::atomic<std::uint32_t>, (kBytes >> kSpanBits)> stamps;
  // A bit for each page of the unit that ever had notes.
  std::array<std::atomic<std::uint64_t>, kUnits> noted;
  // What follows is all that most stacks need, in as few pages as can be.
  alignas(1 << kPageBits) bool folded;
  bool is_limited;
  // A bit for each page of the unit that ever had a line in use.
  std::array<std::atomic<std::uint64_t>, kUnits> touched;
  // A bit for each line of the page of which something may be kept.
  std::array<std::atomic<std::uint64_t>, kPages> lines;
};

/// A block of the heap.
struct Block {
  std::uint64_t address = 0;
  std::uint64_t size = 0;
  ContextId allocated_at = 0;
  bool freed = false;
};

class LockedGranule;

/// Decided by who comes first; any memory may lie in either kind.
enum class ChunkKind : std::uint8_t { kPlain, kStacks };

/// For each chunk the address of its granules, if they are not folded.
using PlainGranules = std::atomic<std::uintptr_t>*;

class Shadow {
 public:
  /// Fills `plain`, all zero and one for each chunk, unless it is null.
  explicit Shadow(PlainGranules plain = nullptr);
  Shadow(const Shadow&) = delete;
  Shadow& operator=(const Shadow&) = delete;
  ~Shadow();

  /// *Returns* null if nothing was ever kept near `address`.
  Chunk* find(std::uint64_t address) const {
    return reinterpret_cast<Chunk*>(
        chunks_[address >> kChunkBits].load(std::memory_order_acquire) &
        ~kFolded);
  }
  /// The granule of `address`, null as above: the quick way.
  const Granule* find_granule(std::uint64_t address) const {
    const std::uintptr_t entry =
        chunks_[address >> kChunkBits].load(std::memory_order_acquire);
    if (entry == 0) return nullptr;
    const std::uint64_t offset = address & (Chunk::kBytes - 1);
    if ((entry & kFolded) != 0) [[unlikely]] {
      return &reinterpret_cast<const Chunk*>(entry - kFolded)
                  ->granules[Fold::apply(offset) / kGranuleBytes];
    }
    return &reinterpret_cast<const Chunk*>(entry)
                ->granules[offset / kGranuleBytes];
  }
  static Granule& granule(Chunk& chunk, std::uint64_t address) {
    return chunk.granules[chunk.granule_index(address)];
  }
  static bool has_place_for(std::uint64_t address) {
    return address >> kAddressBits == 0;
  }
  /// The chunk of `address`, made if need be; null if there is no memory.
  Chunk* chunk(std::uint64_t address, ChunkKind kind = ChunkKind::kPlain);
  /// The notes of the page of `address`, made if need be; null as above.
  PageNotes* notes(std::uint64_t address);
  PageNotes* find_notes(std::uint64_t address) const;

  /// Forgets all that is known of [address, address + size).
  void clear(std::uint64_t address, std::uint64_t size);
  /// Forgets the synchronization object at `address`.
  void clear_object(std::uint64_t address);
  /// Forgets the synchronization objects in [address, address + size).
  void clear_objects(std::uint64_t address, std::uint64_t size);

  /// As Chunk::use_line().
  bool use_line(Chunk& chunk, std::uint64_t address) {
    if (chunk.is_limited) [[unlikely]] {
      note_use(chunk, address);
    }
    return chunk.use_line(address);
  }

  // Where memory is short, what was touched longest ago is forgotten.

  /// With what is `beside` it and cannot be forgotten, the shadow is to take
  /// about `bytes` at most. Requires: nothing has been kept yet.
  void limit(std::uint64_t bytes, const std::atomic<std::int64_t>* beside);
  /// Whether make_room() is due. Without a limit it never is.
  bool wants_room() const {
    return wants_room_.load(std::memory_order_relaxed);
  }
  /// Requires: no line's lock is held. *Returns* how many accesses are
  /// forgotten.
  std::uint64_t make_room();
  /// What it takes, if it has a limit.
  std::uint64_t bytes() const {
    return bytes_.load(std::memory_order_relaxed) + tables_.bytes();
  }

  void set_block(std::uint64_t address, std::uint64_t size, ContextId context);
  void set_freed(std::uint64_t address);
  /// The block that covers `address`; size 0: none.
  Block block(std::uint64_t address) const;

  /// So many whole granules of a line at once, if they are in the state that
  /// long accesses find: their cells sure to be known, and alike. *Returns*
  /// false, and has done nothing, if they are not. Requires: the line's lock is
  /// held.
  bool access_granules(Chunk& chunk, std::uint64_t address, std::size_t count,
                       Cell fresh, const Knowledge& knowledge);
  /// The same for a whole line of which nothing was kept. *Returns* false, and
  /// has done nothing, if its chunk is folded.
  static bool fill_line(Chunk& chunk, std::uint64_t address, Cell fresh);
  /// Much will be kept of all of [address, address + size), soon.
  void expect(std::uint64_t address, std::uint64_t size);

  SpinLock& stripe(std::uint64_t address) {
    return stripes_[(address / kLineBytes) % kStripes];
  }

  /// Calls `visit(epoch)` for the epoch of each cell of memory. Cells made
  /// meanwhile may be left out, those there before are not.
  /// *Returns* how many pages were looked through.
  template <typename Visit>
  std::size_t for_each_epoch(Visit visit);
  std::vector<PageNotes*> all_notes() const;

  static constexpr std::size_t kChunks = std::size_t{1}
                                         << (kAddressBits - kChunkBits);

 private:
  friend class LockedGranule;
  static constexpr std::size_t kStripes = std::size_t{1} << 12;

  // In the table: the chunk is folded.
  static constexpr std::uintptr_t kFolded = 1;

  std::vector<std::pair<std::uint64_t, Chunk*>> all_chunks() const;
  void clear_line(Chunk& chunk, std::uint64_t address, std::uint64_t end);
  void give_table(LineContexts& contexts);
  bool set_contexts(Chunk& chunk, std::uint64_t address, std::size_t count,
                    std::size_t place, ContextId context);
  void clear_lines(Chunk& chunk, std::uint64_t address, std::uint64_t end);
  void clear_pages(Chunk& chunk, std::uint64_t first, std::uint64_t last);
  void clear_piece(Chunk& chunk, std::uint64_t address, std::uint64_t end);
  void note_use(Chunk& chunk, std::uint64_t address);
  std::uint64_t room() const;
  static std::uint32_t age_of(const Chunk& chunk, std::uint64_t span);
  std::uint64_t forget_span(Chunk& chunk, std::uint64_t span);

  const PlainGranules plain_;
  ReservedArray<std::atomic<std::uintptr_t>> chunks_{kChunks};
  std::array<SpinLock, kStripes> stripes_;
  LineTables tables_;
  mutable SpinLock growing_;  // guards the two below
  std::vector<std::pair<std::uint64_t, Chunk*>> made_;
  std::vector<std::unique_ptr<PageNotes>> notes_;
  mutable SpinLock large_lock_;  // guards large_
  std::vector<Block> large_;     // blocks of kLargeBlock and more, by address

  // Of a shadow with a limit; the first two are set before anything is kept.
  std::uint64_t limit_ = 0;  // 0: none
  const std::atomic<std::int64_t>* beside_ = nullptr;
  std::atomic<std::uint64_t> bytes_{0};   // of pages in use
  std::atomic<std::uint64_t> ever_{0};    // the same, and those forgotten
  std::atomic<std::uint64_t> ask_at_{0};  // no sooner is room wanted
  std::atomic<std::uint32_t> now_{1};     // grows with ever_
  std::atomic<bool> wants_room_{false};
  std::atomic<bool> evicting_{false};
};

}  // namespace chansan::race

#include "detector/src/race/granule.h"  // IWYU pragma: export
