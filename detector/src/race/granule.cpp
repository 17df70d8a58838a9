// The rules of one granule: which cells stay, which are in conflict.
#include <array>

#include "detector/src/race/shadow.h"

namespace chansan::race {

LockedGranule::LockedGranule(Shadow& shadow, Chunk& chunk,
                             std::uint64_t address)
    : shadow_(shadow),
      address_(address),
      granule_(Shadow::granule(chunk, address)),
      contexts_(chunk.contexts[chunk.granule_index(address)]) {}

Cell LockedGranule::load(std::size_t i) const {
  return {CellWord(granule_.words[i].load(std::memory_order_relaxed)),
          contexts_[i]};
}

void LockedGranule::store(std::size_t i, Cell cell) {
  contexts_[i] = cell.context;
  granule_.words[i].store(cell.word.bits(), std::memory_order_relaxed);
}

History* LockedGranule::history() const {
  const CellWord word(granule_.words[0].load(std::memory_order_relaxed));
  if (!word.is_history()) return nullptr;
  return reinterpret_cast<History*>(word.bits() >> CellWord::kTickShift);
}

std::atomic<std::uint32_t>& LockedGranule::histories_of_page() {
  return shadow_.notes(address_)->histories;
}

void LockedGranule::access(Cell fresh, Knowledge& knowledge,
                           Conflicts& conflicts) {
  if (History* all = history()) {
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
  histories_of_page().fetch_add(1, std::memory_order_relaxed);
  store(1, Cell());
  store(0,
        {CellWord(reinterpret_cast<std::uint64_t>(all) << CellWord::kTickShift),
         0});
}

// Back to two words as soon as they are enough.
void LockedGranule::condense(History* all) {
  if (all->size() > 2) return;
  std::array<Cell, 2> cells;
  std::size_t count = 0;
  all->for_each([&](const Cell& cell) { cells[count++] = cell; });
  delete all;
  histories_of_page().fetch_sub(1, std::memory_order_relaxed);
  store(0, cells[0]);
  store(1, cells[1]);
}

void LockedGranule::clear() {
  if (History* all = history()) {
    delete all;
    histories_of_page().fetch_sub(1, std::memory_order_relaxed);
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
    store(0, {CellWord(reinterpret_cast<std::uint64_t>(rest)
                       << CellWord::kTickShift),
              0});
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
