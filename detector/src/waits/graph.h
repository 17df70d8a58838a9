// Who waits for whom: the wait-for graph of a stopped program, and the knot in
// it that explains why nothing goes on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "detector/src/waits/places.h"
#include "runtime/snapshot.h"

namespace chansan::waits {

namespace seam = csp::seam;

/// `from` waits on `object`, and `to` could help.
struct Edge {
  std::size_t to = 0;  // index of World::goroutines
  std::uint64_t object = 0;
  /// Nobody else can: it has the lock. Else it is one of those who can reach
  /// the object.
  bool must = false;
  /// It has done before what would help.
  bool did = false;
  /// How little it says that `to` could help: nothing is surer than 0.
  std::uint32_t doubt = 0;
};

class Graph {
 public:
  /// `world` and `places` must outlive this.
  Graph(const seam::World& world, Places& places);

  const seam::World& world() const { return world_; }
  const std::vector<Edge>& edges(std::size_t goroutine) const {
    return edges_[goroutine];
  }
  /// Null: nobody waits on it.
  const seam::ObjectSnapshot* object(std::uint64_t id) const;
  /// Index of a goroutine that is alive; kNone: there is none of that id.
  std::size_t index_of(std::uint64_t id) const;
  static constexpr std::size_t kNone = ~std::size_t{0};
  /// Whether there is one of that id, if only outside of this world.
  bool is_alive(std::uint64_t id) const;

  /// Who did with the object what `wait` needs, as far as that is known.
  std::vector<seam::GoroutineId> helpers(const seam::Wait& wait) const;
  /// The same of a channel, if all of them have ended.
  std::vector<seam::GoroutineId> gone_helpers(const seam::Wait& wait) const;

  /// The goroutines whose waiting is the cause, each waiting for the next and
  /// the last for the first; or one that nobody can help. Empty: none waits.
  const std::vector<std::size_t>& knot() const { return knot_; }
  /// The edge of the knot that leaves its member `position`; null: none.
  const Edge* knot_edge(std::size_t position) const;

 private:
  enum class Strength : bool { kMust, kAny };
  void add_edges(std::size_t goroutine);
  void add_lock_edges(std::size_t goroutine, const seam::ObjectSnapshot& lock);
  void add_reached(std::size_t goroutine, const seam::Wait& wait,
                   const seam::ObjectSnapshot& object);
  bool alike(std::size_t one, std::size_t other) const;
  void find_knot();
  std::vector<bool> seen_from_main() const;
  bool take_helpless(const std::vector<bool>* among);
  bool take_cycle(Strength strength, const std::vector<bool>* among);
  struct Cycle {
    std::vector<std::size_t> members;  // empty: none
    std::uint32_t doubt = 0;
  };
  Cycle cycle_through(std::size_t start, Strength strength) const;
  bool descends(std::size_t goroutine, std::size_t ancestor) const;

  const seam::World& world_;
  Places& places_;
  std::unordered_map<std::uint64_t, std::size_t> by_id_;
  // Of each object: who waits on it as a writer of a shared_mutex.
  std::unordered_map<std::uint64_t, std::vector<std::size_t>> writers_;
  std::vector<std::vector<Edge>> edges_;
  std::vector<std::size_t> knot_;
};

/// Whether the goroutine waits for the reader's side, or the writer's.
bool waits_to_read(const seam::GoroutineSnapshot& goroutine);
bool waits_to_write(const seam::GoroutineSnapshot& goroutine);
bool is_lock(seam::ObjectKind kind);

}  // namespace chansan::waits
