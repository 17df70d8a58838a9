#include "detector/src/race/goroutine_table.h"

#include <bit>
#include <utility>

namespace chansan::race {

using csp::seam::GoroutineId;

GoroutineTable::~GoroutineTable() {
  for (const Goroutine* goroutine : goroutines_) delete goroutine;
}

std::size_t GoroutineTable::slot_of(GoroutineId id) const {
  const Key key = key_of(id);
  std::size_t slot = home(key);
  while (goroutines_[slot] != nullptr &&
         (keys_[slot] != key || goroutines_[slot]->life->id != id)) {
    slot = after(slot);
  }
  return slot;
}

Goroutine* GoroutineTable::find(GoroutineId id) const {
  return goroutines_.empty() ? nullptr : goroutines_[slot_of(id)];
}

void GoroutineTable::add(std::unique_ptr<Goroutine> goroutine) {
  // Three quarters full at most.
  if (4 * (count_ + 1) > 3 * goroutines_.size()) grow();
  const Key key = key_of(goroutine->life->id);
  put(key, goroutine.release());
  ++count_;
}

// Requires: there is room, and it is not there.
void GoroutineTable::put(Key key, Goroutine* goroutine) {
  std::size_t slot = home(key);
  while (goroutines_[slot] != nullptr) slot = after(slot);
  goroutines_[slot] = goroutine;
  keys_[slot] = key;
}

std::unique_ptr<Goroutine> GoroutineTable::remove(GoroutineId id) {
  if (goroutines_.empty()) return nullptr;
  std::size_t hole = slot_of(id);
  std::unique_ptr<Goroutine> removed(goroutines_[hole]);
  if (removed == nullptr) return nullptr;
  // Whoever may stand nearer to its home moves up.
  const std::size_t mask = goroutines_.size() - 1;
  for (std::size_t slot = after(hole); goroutines_[slot] != nullptr;
       slot = after(slot)) {
    const std::size_t way = (slot - home(keys_[slot])) & mask;
    if (way < ((slot - hole) & mask)) continue;
    goroutines_[hole] = goroutines_[slot];
    keys_[hole] = keys_[slot];
    hole = slot;
  }
  goroutines_[hole] = nullptr;
  --count_;
  return removed;
}

void GoroutineTable::grow() {
  const std::size_t slots =
      goroutines_.empty() ? kFirstSlots : 2 * goroutines_.size();
  const auto goroutines =
      std::exchange(goroutines_, std::vector<Goroutine*>(slots));
  const auto keys = std::exchange(keys_, std::vector<Key>(slots));
  shift_ = 64 - std::countr_zero(slots / kGroup);
  for (std::size_t slot = 0; slot < goroutines.size(); ++slot) {
    if (goroutines[slot] != nullptr) put(keys[slot], goroutines[slot]);
  }
}

}  // namespace chansan::race
