// A granule whose line is locked, and what is done to it at a glance.
//
// Included at the end of shadow.h.
#pragma once

#include "detector/src/race/shadow.h"

namespace chansan::race {

/// One granule. Requires: the lock of its stripe is held.
class LockedGranule {
 public:
  LockedGranule(Shadow& shadow, Chunk& chunk, std::uint64_t address);
  LockedGranule(const LockedGranule&) = delete;
  LockedGranule& operator=(const LockedGranule&) = delete;

  /// Compares `fresh` with what is kept, then keeps it.
  void access(Cell fresh, Knowledge& knowledge, Conflicts& conflicts);
  /// After a release a goroutine mostly does what it did before it, at the same
  /// places: then only the cell's date is new. `is_at(context)` tells whether
  /// that is the place. *Returns* false, and has done nothing, if it is not so.
  template <typename IsAt>
  [[gnu::always_inline]] bool renew(CellWord fresh, Knowledge& knowledge,
                                    IsAt is_at);
  /// The same if it is certain that there is no conflict, and room.
  /// *Returns* false, and has done nothing, if it is not.
  [[gnu::always_inline]] bool access_quickly(Cell fresh, Knowledge& knowledge);
  void clear();
  /// Leaves only bytes that are not in `mask`.
  void drop(std::uint8_t mask);
  template <typename Visit>
  void for_each(Visit visit) const;

 private:
  History* history() const;
  void store(std::size_t i, Cell cell);
  void store_word(std::size_t i, CellWord word) {
    granule_.words[i].store(word.bits(), std::memory_order_relaxed);
  }
  CellWord load_word(std::size_t i) const {
    return CellWord(granule_.words[i].load(std::memory_order_relaxed));
  }
  Cell load(std::size_t i) const { return {load_word(i), context(i)}; }
  ContextId context(std::size_t i) const {
    if (!contexts_.has_table()) [[likely]] {
      return contexts_.both[i];
    }
    return shadow_.tables_[contexts_.both[1]].of[place_in_line()][i];
  }
  void set_context(std::size_t i, ContextId context) {
    if (contexts_.both[i] == context && !contexts_.has_table()) return;
    change_context(i, context);
  }
  void change_context(std::size_t i, ContextId context);
  bool is_alone_in_line(std::size_t i) const;
  void spread(std::size_t i, ContextId context);
  void join_table();
  std::size_t place_in_line() const {
    return address_ / kGranuleBytes % kLineGranules;
  }
  void spill(const std::array<Cell, 3>& cells);
  void condense(History* history);
  void count_histories(int more);  // of the page

  Shadow& shadow_;
  Chunk& chunk_;
  const std::uint64_t address_;
  Granule& granule_;
  LineContexts& contexts_;
};

inline LockedGranule::LockedGranule(Shadow& shadow, Chunk& chunk,
                                    std::uint64_t address)
    : shadow_(shadow),
      chunk_(chunk),
      address_(address),
      granule_(Shadow::granule(chunk, address)),
      contexts_(chunk.contexts[chunk.line_index(address)]) {}

inline void LockedGranule::store(std::size_t i, Cell cell) {
  if (!cell.word.empty()) set_context(i, cell.context);
  store_word(i, cell.word);
}

// Which of a granule's two words is for an access of a goroutine that has one
// of them, dated by an earlier tick: this one, if it is of the same manner and
// bytes, or else the other, if it is empty; 2: neither.
inline std::size_t place_of(CellWord fresh, CellWord first, CellWord second) {
  if (first.is_history()) return 2;
  if (first.differs_in_tick_only(fresh)) return 0;
  if (second.differs_in_tick_only(fresh)) return 1;
  if (first.empty() == second.empty()) return 2;
  const Epoch beside = first.empty() ? second.epoch() : first.epoch();
  const Epoch now = fresh.epoch();
  if (beside.chain != now.chain || beside.tick == now.tick) return 2;
  return first.empty() ? 0 : 1;
}

template <typename IsAt>
inline bool LockedGranule::renew(CellWord fresh, Knowledge& knowledge,
                                 IsAt is_at) {
  const CellWord first = load_word(0);
  const CellWord second = load_word(1);
  const std::size_t place = place_of(fresh, first, second);
  if (place == 2 || !is_at(context(place))) return false;
  CellWord beside = place == 0 ? second : first;
  // Of one tick and place they become one.
  if (beside.key() == fresh.key()) return false;
  if ((beside.mask() & fresh.mask()) != 0) {
    if (!knowledge.knows(beside.epoch())) return false;
    if (subsumes(fresh.manner(), beside.manner())) {
      beside.drop(fresh.mask());
      // The first word is not left empty.
      if (place == 1 && beside.empty()) return false;
      store_word(1 - place, beside);
    }
  }
  store_word(place, fresh);
  return true;
}

// Of bytes that were written piece by piece no word alone says it all.
inline bool are_covering(const std::array<CellWord, 2>& words, CellWord read) {
  unsigned left = read.mask();
  for (const CellWord word : words) {
    if (word.covers_read(read)) left &= ~unsigned{word.mask()};
  }
  return left == 0;
}

// Most accesses meet cells of their own goroutine, or none.
inline bool LockedGranule::access_quickly(Cell fresh, Knowledge& knowledge) {
  const Manner manner = fresh.word.manner();
  const std::uint8_t mask = fresh.word.mask();
  std::array<CellWord, 2> words{load_word(0), load_word(1)};
  const std::array<CellWord, 2> before = words;
  if ((words[0].bits() | words[1].bits()) == 0) {
    store(0, fresh);
    return true;
  }
  if (words[0].is_history()) return false;
  if (manner == Manner::kRead && are_covering(words, fresh.word)) return true;
  for (CellWord& word : words) {
    if ((word.mask() & mask) == 0) continue;
    if (!knowledge.surely_knows(word.epoch())) return false;
    if (subsumes(manner, word.manner())) word.drop(mask);
  }
  std::size_t place = 2;
  for (const std::size_t i : {0, 1}) {
    if (words[i].key() == fresh.word.key() && context(i) == fresh.context) {
      place = i;
      break;
    }
  }
  if (place == 2) {
    if (words[0].empty()) {
      place = 0;
    } else if (words[1].empty()) {
      place = 1;
    } else {
      return false;
    }
  }
  if (words[place].empty()) {
    set_context(place, fresh.context);
    words[place] = fresh.word;
  } else {
    words[place].add(mask);
  }
  for (const std::size_t i : {0, 1}) {
    if (words[i].bits() != before[i].bits()) store_word(i, words[i]);
  }
  return true;
}

// Calls `visit(i)` for each i whose bit is set.
template <typename Visit>
void for_each_bit(std::uint64_t bits, Visit visit) {
  for (; bits != 0; bits &= bits - 1) {
    visit(static_cast<std::uint64_t>(std::countr_zero(bits)));
  }
}

template <typename Visit>
std::size_t Shadow::for_each_epoch(Visit visit) {
  std::size_t pages = 0;
  const auto look_at_line = [&](Chunk& chunk, std::uint64_t line) {
    const std::scoped_lock guard(stripe(line));
    for (std::uint64_t at = line; at < line + kLineBytes; at += kGranuleBytes) {
      const LockedGranule locked(*this, chunk, at);
      locked.for_each([&](const Cell& cell) { visit(cell.word.epoch()); });
    }
  };
  for (const auto& [base, chunk] : all_chunks()) {
    for (std::size_t unit = 0; unit < Chunk::kUnits; ++unit) {
      const std::uint64_t from = base + (unit << Fold::kUnitBits);
      for_each_bit(chunk->touched[unit].load(), [&](std::uint64_t page) {
        const std::uint64_t first = from + (page << kPageBits);
        ++pages;
        for_each_bit(chunk->lines[chunk->page_index(first)].load(),
                     [&](std::uint64_t line) {
                       look_at_line(*chunk, first + line * kLineBytes);
                     });
      });
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
