// Which goroutines can ever move again, in the graph of all explored states.
//
// Where nothing moves, a deadlock is plain. That one goroutine is stuck while
// others go on for ever is a property of the graph: no path from the state
// leads to a step of that goroutine.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "tool/check/model/state.h"

namespace chansan::model {

class Liveness {
 public:
  static constexpr std::size_t kPlacesMax = 32;
  using Places = std::array<std::uint8_t, kPlacesMax>;  // 255: none

  /// The goroutines of a state that has just got its canonical order.
  static std::vector<std::uint32_t> ids_of(const State& state);

  /// Adds a state; its goroutines are taken to be stuck until an edge says
  /// otherwise.
  void add_node(const State& state);

  /// A step from `from`, whose goroutines had the ids `before`, to `to`, where
  /// they have the ids `after`. `moved`: who took it.
  void add_edge(std::uint32_t from, std::uint32_t to,
                const std::vector<std::uint32_t>& before,
                const std::vector<std::uint32_t>& after,
                const std::vector<std::uint32_t>& moved);

  /// Not all that can happen in `node` is known.
  void free(std::uint32_t node) { movable_[node] = ~std::uint32_t{0}; }

  /// To be called once, after the last edge.
  void solve();

  /// The places of `node` whose goroutine has not ended and never moves.
  std::vector<std::uint32_t> stuck(std::uint32_t node) const;

 private:
  struct Edge {
    std::uint32_t from;
    std::uint32_t to;
    Places places;  // in `to`, of those in `from`
  };

  std::vector<Edge> edges_;
  std::vector<std::uint32_t> movable_;  // of each node, a bit for each place
  std::vector<std::uint32_t> alive_;
};

}  // namespace chansan::model
