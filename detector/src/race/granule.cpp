// The rules of one granule: which cells stay, which are in conflict.
#include <array>

#include "detector/src/race/shadow.h"

namespace chansan::race {

void LockedGranule::change_context(std::size_t i, ContextId context) {
  if (!contexts_.has_table()) [[likely]] {
    if (is_alone_in_line(i)) {
      contexts_.both[i] = context;
      return;
    }
    return spread(i, context);
  }
  shadow_.tables_[contexts_.both[1]].of[place_in_line()][i] = context;
  // Who walks through the line leaves it here.
  if (place_in_line() == kLineGranules - 1) join_table();
}

// Whether no other granule of the line has a cell i.
bool LockedGranule::is_alone_in_line(std::size_t i) const {
  const std::uint64_t line = address_ & ~(kLineBytes - 1);
  for (std::uint64_t at = line; at < line + kLineBytes; at += kGranuleBytes) {
    if (at == address_) continue;
    if (Shadow::granule(chunk_, at).words[i].load(std::memory_order_relaxed) !=
        0) {
      return false;
    }
  }
  return true;
}

// Makes a table of the line's two contexts and a third.
void LockedGranule::spread(std::size_t i, ContextId context) {
  const std::uint32_t number = shadow_.tables_.take();
  // No room: better the newest context for all than none.
  if (number == 0) {
    contexts_.both[i] = context;
    return;
  }
  LineTable& table = shadow_.tables_[number];
  table.of.fill(contexts_.both);
  table.of[place_in_line()][i] = context;
  contexts_.both = {LineContexts::kTable, number};
}

// Gives the table back if the line's cells do not differ any more.
void LockedGranule::join_table() {
  const std::uint32_t number = contexts_.both[1];
  const LineTable& table = shadow_.tables_[number];
  for (const auto& each : table.of) {
    if (each != table.of[0]) return;
  }
  contexts_.both = table.of[0];
  shadow_.tables_.give(number);
}

History* LockedGranule::history() const {
  const CellWord word(granule_.words[0].load(std::memory_order_relaxed));
  if (!word.is_history()) return nullptr;
  return reinterpret_cast<History*>(word.bits() >> CellWord::kTickShift);
}

void LockedGranule::count_histories(int more) {
  update(shadow_.notes(address_)->histories, [more](std::uint32_t count) {
    return count + static_cast<std::uint32_t>(more);
  });
}

namespace {

// What becomes of a granule that is accessed as a whole: the fresh cell may
// stand at bit 0 or 1 of what is returned, with what is beside it left as it
// is or, where nothing need be, emptied.
unsigned places_for(const Granule& granule, Manner manner,
                    const Knowledge& knowledge) {
  unsigned places = 0;
  const CellWord first(granule.words[0].load(std::memory_order_relaxed));
  const CellWord second(granule.words[1].load(std::memory_order_relaxed));
  if (first.is_history()) return 0;
  const auto is_replaced = [&](CellWord word) {
    return word.empty() || (knowledge.surely_knows(word.epoch()) &&
                            subsumes(manner, word.manner()));
  };
  const bool replaces_second = is_replaced(second);
  if (is_replaced(first)) {
    if (replaces_second) places |= 1;
  } else if (replaces_second && knowledge.surely_knows(first.epoch())) {
    places |= 2;
  }
  return places;
}

}  // namespace

// Notes where the cells at `place` of so many granules stood. *Returns* false,
// and has done nothing, if others of the line would lose theirs by it.
bool Shadow::set_contexts(Chunk& chunk, std::uint64_t address,
                          std::size_t count, std::size_t place,
                          ContextId context) {
  LineContexts& contexts = chunk.contexts[chunk.line_index(address)];
  const std::size_t first = address / kGranuleBytes % kLineGranules;
  if (contexts.has_table()) {
    if (count == kLineGranules) {
      // Beside the fresh cells, the others keep their contexts.
      if (place != 0) return false;
      give_table(contexts);
      contexts.both[place] = context;
      return true;
    }
    LineTable& table = tables_[contexts.both[1]];
    for (std::size_t i = first; i < first + count; ++i) {
      table.of[i][place] = context;
    }
    return true;
  }
  if (contexts.both[place] == context) return true;
  const Granule* const line = &granule(chunk, address) - first;
  for (std::size_t i = 0; i < kLineGranules; ++i) {
    if (i >= first && i < first + count) continue;
    if (line[i].words[place].load(std::memory_order_relaxed) != 0) return false;
  }
  contexts.both[place] = context;
  return true;
}

bool Shadow::access_granules(Chunk& chunk, std::uint64_t address,
                             std::size_t count, Cell fresh,
                             const Knowledge& knowledge) {
  if (chunk.folded) return false;
  Granule* const granules = &granule(chunk, address);
  unsigned places = 3;
  for (std::size_t i = 0; i < count; ++i) {
    places &= places_for(granules[i], fresh.word.manner(), knowledge);
    if (places == 0) return false;
  }
  const std::size_t place = places == 2 ? 1 : 0;
  if (!set_contexts(chunk, address, count, place, fresh.context)) return false;
  for (std::size_t i = 0; i < count; ++i) {
    granules[i].words[place].store(fresh.word.bits(),
                                   std::memory_order_relaxed);
    if (place == 0 &&
        granules[i].words[1].load(std::memory_order_relaxed) != 0) {
      granules[i].words[1].store(0, std::memory_order_relaxed);
    }
  }
  return true;
}

bool Shadow::fill_line(Chunk& chunk, std::uint64_t address, Cell fresh) {
  LineContexts& contexts = chunk.contexts[chunk.line_index(address)];
  if (chunk.folded || contexts.has_table()) return false;
  contexts.both[0] = fresh.context;
  Granule* const granules = &granule(chunk, address);
  for (std::size_t i = 0; i < kLineGranules; ++i) {
    granules[i].words[0].store(fresh.word.bits(), std::memory_order_relaxed);
  }
  return true;
}

void LockedGranule::access(Cell fresh, Knowledge& knowledge,
                           Conflicts& conflicts) {
  if (History* all = history()) {
    if (all->covers(fresh.word)) return;
    all->access(fresh, knowledge, conflicts);
    condense(all);
    return;
  }
  const Manner manner = fresh.word.manner();
  const std::uint8_t mask = fresh.word.mask();
  std::array<Cell, 3> cells{load(0), load(1), Cell()};
  for (std::size_t i = 0; i < 2; ++i) {
    Cell& cell = cells[i];
    const std::uint8_t overlap = cell.word.mask() & mask;
    if (overlap == 0) continue;
    const bool known = knowledge.knows(cell.word.epoch());
    const bool race = !known && conflict(cell.word.manner(), manner);
    if (race) conflicts.add(cell, overlap);
    // A cell in conflict has just been reported; the fresh one takes its place.
    if ((known || race) && subsumes(manner, cell.word.manner())) {
      cell.word.drop(mask);
    }
  }
  for (std::size_t i = 0; i < 2; ++i) {
    if (cells[i].word.key() == fresh.word.key() &&
        cells[i].context == fresh.context) {
      cells[i].word.add(mask);
      store(i, cells[i]);
      store(1 - i, cells[1 - i]);
      return;
    }
  }
  for (std::size_t i = 0; i < 2; ++i) {
    if (!cells[i].word.empty()) continue;
    store(i, fresh);
    store(1 - i, cells[1 - i]);
    return;
  }
  cells[2] = fresh;
  spill(cells);
}

void LockedGranule::spill(const std::array<Cell, 3>& cells) {
  auto* all = new History;
  for (const Cell& cell : cells) all->add(cell);
  count_histories(1);
  store_word(1, CellWord());
  store_word(0, CellWord(reinterpret_cast<std::uint64_t>(all)
                         << CellWord::kTickShift));
}

// Back to two words as soon as they are enough.
void LockedGranule::condense(History* all) {
  if (all->size() > 2) return;
  std::array<Cell, 2> cells;
  std::size_t count = 0;
  all->for_each([&](const Cell& cell) { cells[count++] = cell; });
  delete all;
  count_histories(-1);
  store(0, cells[0]);
  store(1, cells[1]);
}

void LockedGranule::clear() {
  if (History* all = history()) {
    delete all;
    count_histories(-1);
  }
  for (std::size_t i = 0; i < 2; ++i) {
    if (granule_.words[i].load(std::memory_order_relaxed) != 0) {
      store(i, Cell());
    }
  }
}

void LockedGranule::drop(std::uint8_t mask) {
  if (History* all = history()) {
    auto* rest = new History;
    all->for_each([&](Cell cell) {
      cell.word.drop(mask);
      if (!cell.word.empty()) rest->add(cell);
    });
    delete all;
    store_word(0, CellWord(reinterpret_cast<std::uint64_t>(rest)
                           << CellWord::kTickShift));
    condense(rest);
    return;
  }
  for (std::size_t i = 0; i < 2; ++i) {
    Cell cell = load(i);
    if (cell.word.empty()) continue;
    cell.word.drop(mask);
    store(i, cell);
  }
}

}  // namespace chansan::race
