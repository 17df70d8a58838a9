#include "tool/check/model/liveness.h"

#include <algorithm>

namespace chansan::model {
namespace {

constexpr std::uint8_t kGone = 255;

}  // namespace

std::vector<std::uint32_t> Liveness::ids_of(const State& state) {
  std::vector<std::uint32_t> ids;
  for (const Goroutine& goroutine : state.goroutines)
    ids.push_back(goroutine.id);
  return ids;
}

void Liveness::add_node(const State& state) {
  std::uint32_t alive = 0;
  const std::size_t count = std::min(state.goroutines.size(), kPlacesMax);
  for (std::size_t i = 0; i < count; ++i)
    if (!state.goroutines[i].frames.empty()) alive |= std::uint32_t{1} << i;
  alive_.push_back(alive);
  movable_.push_back(0);
}

void Liveness::add_edge(std::uint32_t from, std::uint32_t to,
                        const std::vector<std::uint32_t>& before,
                        const std::vector<std::uint32_t>& after,
                        const std::vector<std::uint32_t>& moved) {
  Edge edge{from, to, {}};
  edge.places.fill(kGone);
  for (std::size_t i = 0; i < std::min(before.size(), kPlacesMax); ++i) {
    const auto found = std::ranges::find(after, before[i]);
    if (std::ranges::find(moved, before[i]) != moved.end() ||
        found == after.end()) {
      movable_[from] |= std::uint32_t{1} << i;
      continue;
    }
    edge.places[i] = static_cast<std::uint8_t>(found - after.begin());
  }
  edges_.push_back(edge);
}

void Liveness::solve() {
  std::vector<std::vector<std::uint32_t>> into(movable_.size());
  for (std::uint32_t i = 0; i < edges_.size(); ++i)
    into[edges_[i].to].push_back(i);
  std::vector<std::uint32_t> work(movable_.size());
  for (std::uint32_t i = 0; i < work.size(); ++i) work[i] = i;
  while (!work.empty()) {
    const std::uint32_t node = work.back();
    work.pop_back();
    for (const std::uint32_t index : into[node]) {
      const Edge& edge = edges_[index];
      std::uint32_t gained = 0;
      for (std::size_t i = 0; i < kPlacesMax; ++i) {
        const std::uint8_t place = edge.places[i];
        if (place < kPlacesMax && (movable_[node] >> place & 1))
          gained |= std::uint32_t{1} << i;
      }
      if ((gained & ~movable_[edge.from]) == 0) continue;
      movable_[edge.from] |= gained;
      work.push_back(edge.from);
    }
  }
}

std::vector<std::uint32_t> Liveness::stuck(std::uint32_t node) const {
  std::vector<std::uint32_t> places;
  const std::uint32_t bits = alive_[node] & ~movable_[node];
  for (std::uint32_t i = 0; i < kPlacesMax; ++i)
    if (bits >> i & 1) places.push_back(i);
  return places;
}

}  // namespace chansan::model
