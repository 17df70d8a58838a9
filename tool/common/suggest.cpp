#include "tool/common/suggest.h"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace chansan {
namespace {

// The least number of letters inserted, removed or replaced that turns one
// into the other (Wagner and Fischer's algorithm, one row at a time).
std::size_t edit_distance(std::string_view from, std::string_view to) {
  std::vector<std::size_t> row(to.size() + 1);
  for (std::size_t j = 0; j < row.size(); ++j) row[j] = j;
  for (std::size_t i = 0; i < from.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < to.size(); ++j) {
      const std::size_t replaced = diagonal + (from[i] == to[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string_view nearest_name(std::string_view typed,
                              std::span<const std::string_view> known) {
  std::string_view nearest;
  // With more than a third of the letters wrong, and one, it is another word;
  // two letters that have changed places are two wrong ones.
  std::size_t limit = typed.size() / 3 + 2;
  for (const std::string_view name : known) {
    const std::size_t distance = edit_distance(typed, name);
    if (distance >= limit) continue;
    limit = distance;
    nearest = name;
  }
  return nearest;
}

}  // namespace chansan
