#include "detector/src/race/history.h"

#include <algorithm>

namespace chansan::race {

std::uint64_t History::index_key(CellWord word) {
  return std::uint64_t{word.epoch().chain} << 8 | word.mask();
}

std::size_t History::size() const {
  std::size_t count = few_count_;
  if (lists_ == nullptr) return count;
  for (const List& list : *lists_) count += list.cells.size();
  return count;
}

bool History::covers(CellWord fresh) const {
  if (fresh.manner() != Manner::kRead || lists_ != nullptr) return false;
  unsigned left = fresh.mask();
  for (std::size_t i = 0; i < few_count_; ++i) {
    if (few_[i].word.covers_read(fresh)) left &= ~unsigned{few_[i].word.mask()};
  }
  return left == 0;
}

void History::access(Cell fresh, Knowledge& knowledge, Conflicts& conflicts) {
  if (lists_ == nullptr) return access_few(fresh, knowledge, conflicts);
  const Manner manner = fresh.word.manner();
  const std::uint8_t mask = fresh.word.mask();
  for (int i = 0; i < kManners; ++i) {
    if (!conflict(static_cast<Manner>(i), manner)) continue;
    for (const Cell& cell : (*lists_)[i].cells) {
      const std::uint8_t overlap = cell.word.mask() & mask;
      if (overlap != 0 && !knowledge.knows(cell.word.epoch())) {
        conflicts.add(cell, overlap);
      }
    }
  }
  thin(fresh, knowledge);
  add_to_lists(fresh);
}

void History::access_few(Cell fresh, Knowledge& knowledge,
                         Conflicts& conflicts) {
  const Manner manner = fresh.word.manner();
  const std::uint8_t mask = fresh.word.mask();
  std::size_t left = 0;
  for (std::size_t i = 0; i < few_count_; ++i) {
    Cell cell = few_[i];
    const std::uint8_t overlap = cell.word.mask() & mask;
    if (overlap != 0) {
      const bool known = knowledge.knows(cell.word.epoch());
      const bool race = !known && conflict(cell.word.manner(), manner);
      if (race) conflicts.add(cell, overlap);
      // A cell in conflict has just been reported; the fresh one takes its
      // place.
      if ((known || race) && subsumes(manner, cell.word.manner())) {
        cell.word.drop(mask);
      }
    }
    if (!cell.word.empty()) few_[left++] = cell;
  }
  few_count_ = left;
  add(fresh);
}

void History::add(Cell cell) {
  if (lists_ == nullptr) {
    add_to_few(cell);
  } else {
    add_to_lists(cell);
  }
}

void History::add_to_few(Cell fresh) {
  for (std::size_t i = 0; i < few_count_; ++i) {
    if (few_[i].word.key() == fresh.word.key() &&
        few_[i].context == fresh.context) {
      return few_[i].word.add(fresh.word.mask());
    }
  }
  if (few_count_ == kFew) {
    make_lists();
    return add_to_lists(fresh);
  }
  few_[few_count_++] = fresh;
}

void History::make_lists() {
  lists_ = std::make_unique<std::array<List, kManners>>();
  for (std::size_t i = 0; i < few_count_; ++i) add_to_lists(few_[i]);
  few_count_ = 0;
}

void History::thin(Cell fresh, Knowledge& knowledge) {
  const Manner manner = fresh.word.manner();
  const std::uint8_t mask = fresh.word.mask();
  for (int i = 0; i < kManners; ++i) {
    const auto earlier = static_cast<Manner>(i);
    if (!subsumes(manner, earlier)) continue;
    List& list = (*lists_)[i];
    // A plain write has looked at all of them already. Others would make a
    // crowd of readers quadratic: they wait until it has doubled.
    if (manner != Manner::kWrite && list.cells.size() > kCrowd &&
        list.cells.size() < list.thin_at) {
      continue;
    }
    // A cell in conflict has just been reported; the fresh one takes its place.
    std::erase_if(list.cells, [&](Cell& cell) {
      if ((cell.word.mask() & mask) == 0) return false;
      if (!conflict(earlier, manner) && !knowledge.knows(cell.word.epoch())) {
        return false;
      }
      cell.word.drop(mask);
      return cell.word.empty();
    });
    list.index.clear();
    list.thin_at = std::max(kCrowd, 2 * list.cells.size());
    if (list.cells.size() <= kCrowd) continue;
    for (std::size_t at = 0; at < list.cells.size(); ++at) {
      list.index.emplace(index_key(list.cells[at].word), at);
    }
  }
}

void History::add_to_lists(Cell fresh) {
  List& list = (*lists_)[static_cast<int>(fresh.word.manner())];
  if (list.cells.size() > kCrowd) {
    const auto [place, is_new] =
        list.index.try_emplace(index_key(fresh.word), list.cells.size());
    if (!is_new) {
      // The same chain is ordered, the same mask is covered.
      list.cells[place->second] = fresh;
      return;
    }
  } else {
    for (Cell& cell : list.cells) {
      if (cell.word.key() == fresh.word.key() &&
          cell.context == fresh.context) {
        cell.word.add(fresh.word.mask());
        return;
      }
    }
  }
  list.cells.push_back(fresh);
  if (list.cells.size() == kCrowd + 1) {
    list.index.clear();
    for (std::size_t at = 0; at < list.cells.size(); ++at) {
      list.index.emplace(index_key(list.cells[at].word), at);
    }
  }
}

}  // namespace chansan::race
