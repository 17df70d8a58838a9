#include "detector/src/waits/graph.h"

#include <algorithm>
#include <functional>
#include <queue>
#include <string_view>
#include <tuple>

namespace chansan::waits {

namespace {

// Starting points tried for the shortest cycle.
constexpr std::size_t kStartsMax = 2000;
// Of one goroutine: who all could help is no help to a reader.
constexpr std::size_t kEdgesMax = 256;

bool waits_only_on(const seam::GoroutineSnapshot& goroutine,
                   std::uint64_t object) {
  return std::all_of(
      goroutine.waits.begin(), goroutine.waits.end(),
      [&](const seam::Wait& wait) { return wait.object == object; });
}

// Whether a goroutine waits for what `wait` says, if only in a case of several.
bool waits_for_that(const seam::GoroutineSnapshot& goroutine,
                    const seam::Wait& wait) {
  return std::any_of(goroutine.waits.begin(), goroutine.waits.end(),
                     [&](const seam::Wait& each) {
                       return each.object == wait.object &&
                              each.send == wait.send;
                     });
}

bool timed(const seam::GoroutineSnapshot& goroutine) {
  const std::string_view status = goroutine.status;
  return status == "sleep" || status == "IO wait";
}

}  // namespace

bool waits_to_read(const seam::GoroutineSnapshot& goroutine) {
  return std::string_view(goroutine.status) == "sync.RWMutex.RLock";
}

bool waits_to_write(const seam::GoroutineSnapshot& goroutine) {
  return std::string_view(goroutine.status) == "sync.RWMutex.Lock";
}

bool is_lock(seam::ObjectKind kind) {
  return kind == seam::ObjectKind::kMutex ||
         kind == seam::ObjectKind::kSharedMutex ||
         kind == seam::ObjectKind::kOnce;
}

Graph::Graph(const seam::World& world, Places& places)
    : world_(world), places_(places), edges_(world.goroutines.size()) {
  for (std::size_t i = 0; i < world.goroutines.size(); ++i) {
    const seam::GoroutineSnapshot& goroutine = world.goroutines[i];
    by_id_[goroutine.id] = i;
    if (!waits_to_write(goroutine)) continue;
    for (const seam::Wait& wait : goroutine.waits) {
      writers_[wait.object].push_back(i);
    }
  }
  for (std::size_t i = 0; i < world.goroutines.size(); ++i) add_edges(i);
  find_knot();
}

const seam::ObjectSnapshot* Graph::object(std::uint64_t id) const {
  const auto found =
      std::lower_bound(world_.objects.begin(), world_.objects.end(), id,
                       [](const seam::ObjectSnapshot& each,
                          std::uint64_t value) { return each.id < value; });
  return found == world_.objects.end() || found->id != id ? nullptr : &*found;
}

std::size_t Graph::index_of(std::uint64_t id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? kNone : found->second;
}

bool Graph::is_alive(std::uint64_t id) const {
  return index_of(id) != kNone ||
         std::binary_search(world_.others.begin(), world_.others.end(), id);
}

void Graph::add_edges(std::size_t goroutine) {
  for (const seam::Wait& wait : world_.goroutines[goroutine].waits) {
    const seam::ObjectSnapshot* const waited = object(wait.object);
    if (waited == nullptr) continue;
    if (is_lock(waited->kind)) {
      add_lock_edges(goroutine, *waited);
    } else {
      add_reached(goroutine, wait, *waited);
    }
  }
}

void Graph::add_lock_edges(std::size_t goroutine,
                           const seam::ObjectSnapshot& lock) {
  bool written = false;
  for (const seam::Holder& holder : lock.holders) {
    written |= !holder.shared;
    const std::size_t index = index_of(holder.goroutine);
    const bool in_the_way =
        !holder.shared || !waits_to_read(world_.goroutines[goroutine]);
    if (in_the_way && index != kNone) {
      edges_[goroutine].push_back({index, lock.id, true, false, 0});
    }
  }
  if (written || !waits_to_read(world_.goroutines[goroutine])) return;
  // A writer that waits comes before a new reader.
  const auto writers = writers_.find(lock.id);
  if (writers == writers_.end()) return;
  for (const std::size_t writer : writers->second) {
    if (edges_[goroutine].size() >= kEdgesMax) return;
    edges_[goroutine].push_back({writer, lock.id, true, false, 0});
  }
}

// Who waits for the same is no help, and nobody sends on a timer's channel; one
// that runs the same code and waits for the same is no help either, even if it
// waits for something else too. Who has started the one that waits has what he
// gave it, and one that was started at the same place has what it has; but if
// it was others who used it, and they are gone, neither is going to.
void Graph::add_reached(std::size_t goroutine, const seam::Wait& wait,
                        const seam::ObjectSnapshot& object) {
  if (object.is_timer && !object.armed) return;
  // Who waits for a group has started many who are not to blame.
  constexpr std::uint32_t kJoin = 2;
  constexpr std::uint32_t kStarter = 3;
  const bool joins = object.kind == seam::ObjectKind::kWaitGroup;
  const auto known = helpers(wait);
  const bool gone = !gone_helpers(wait).empty();
  for (const seam::Reacher& reacher : object.reached_from) {
    const std::size_t index = index_of(reacher.goroutine);
    if (index == kNone || index == goroutine) continue;
    const seam::GoroutineSnapshot& other = world_.goroutines[index];
    if (!other.waits.empty() && waits_only_on(other, object.id)) continue;
    const bool started = descends(goroutine, index);
    const bool same = alike(goroutine, index);
    if ((started || same) && gone) continue;
    if (same && waits_for_that(other, wait)) continue;
    // The longer the way, the likelier it is that it is never gone; and who
    // starts a goroutine has whatever he gives it, without using it himself.
    const bool did =
        std::find(known.begin(), known.end(), reacher.goroutine) != known.end();
    const std::uint32_t doubt = did ? 1
                                    : (1U << reacher.steps) +
                                          (joins ? kJoin : 0) +
                                          (started ? kStarter : 0);
    edges_[goroutine].push_back({index, object.id, false, did, doubt});
    if (edges_[goroutine].size() == kEdgesMax) return;
  }
}

// Whether both were started by the same go statement.
bool Graph::alike(std::size_t one, std::size_t other) const {
  const std::uintptr_t created_at = world_.goroutines[one].created_at;
  return created_at != 0 && world_.goroutines[other].created_at == created_at;
}

std::vector<seam::GoroutineId> Graph::helpers(const seam::Wait& wait) const {
  const seam::ObjectSnapshot* const waited = object(wait.object);
  if (waited == nullptr) return {};
  History known = places_.history(wait.object);
  if (waited->kind != seam::ObjectKind::kChannel) {
    return std::move(known.wakers);
  }
  auto& helpers = wait.send ? known.receivers : known.senders;
  const seam::GoroutineId sole = wait.send ? waited->receiver : waited->sender;
  if (helpers.empty() && sole != 0) helpers.push_back(sole);
  return std::move(helpers);
}

std::vector<seam::GoroutineId> Graph::gone_helpers(
    const seam::Wait& wait) const {
  const seam::ObjectSnapshot* const waited = object(wait.object);
  if (waited == nullptr || waited->kind != seam::ObjectKind::kChannel) {
    return {};
  }
  auto known = helpers(wait);
  const bool any_left =
      std::any_of(known.begin(), known.end(),
                  [&](seam::GoroutineId id) { return is_alive(id); });
  if (any_left) known.clear();
  return known;
}

bool Graph::descends(std::size_t goroutine, std::size_t ancestor) const {
  constexpr int kGenerations = 16;
  std::size_t at = goroutine;
  for (int i = 0; i < kGenerations && at != kNone; ++i) {
    at = index_of(world_.goroutines[at].creator);
    if (at == ancestor) return true;
  }
  return false;
}

std::vector<bool> Graph::seen_from_main() const {
  std::vector<bool> seen(edges_.size(), false);
  const std::size_t main = index_of(1);
  if (main == kNone) return seen;
  std::vector<std::size_t> open{main};
  seen[main] = true;
  while (!open.empty()) {
    const std::size_t from = open.back();
    open.pop_back();
    for (const Edge& edge : edges_[from]) {
      if (seen[edge.to]) continue;
      seen[edge.to] = true;
      open.push_back(edge.to);
    }
  }
  return seen;
}

// Locks first: who has a lock is known, who could send only may. What main
// waits for, directly or not, goes before what else is stuck.
void Graph::find_knot() {
  const std::vector<bool> near = seen_from_main();
  if (take_cycle(Strength::kMust, &near)) return;
  if (take_cycle(Strength::kMust, nullptr)) return;
  if (take_helpless(&near)) return;
  if (take_cycle(Strength::kAny, &near)) return;
  if (take_helpless(nullptr)) return;
  take_cycle(Strength::kAny, nullptr);
}

// Of several that wait on the same, main is the last to be blamed: the others
// are what it waits for in most programs.
bool Graph::take_helpless(const std::vector<bool>* among) {
  for (std::size_t i = 0; i < edges_.size(); ++i) {
    const seam::GoroutineSnapshot& one = world_.goroutines[i];
    if (!one.waiting || timed(one) || !edges_[i].empty()) continue;
    if (knot_.empty()) {
      if (among != nullptr && !(*among)[i]) continue;
      knot_ = {i};
      if (one.id != 1 || one.waits.empty()) return true;
      continue;
    }
    const auto& mains = world_.goroutines[knot_.front()].waits;
    if (one.waits.empty() || !waits_only_on(one, mains.front().object)) {
      continue;
    }
    knot_ = {i};
    return true;
  }
  return !knot_.empty();
}

bool Graph::take_cycle(Strength strength, const std::vector<bool>* among) {
  Cycle best;
  std::size_t tried = 0;
  for (std::size_t i = 0; i < edges_.size() && tried < kStartsMax; ++i) {
    if (edges_[i].empty() || (among != nullptr && !(*among)[i])) continue;
    ++tried;
    Cycle cycle = cycle_through(i, strength);
    if (cycle.members.empty()) continue;
    const bool better = best.members.empty() || cycle.doubt < best.doubt ||
                        (cycle.doubt == best.doubt &&
                         cycle.members.size() < best.members.size());
    if (better) best = std::move(cycle);
    if (best.members.size() == 1 && best.doubt == 0) break;
  }
  knot_ = std::move(best.members);
  return !knot_.empty();
}

// The surest cycle through `start`, and of equally sure ones the shortest
// (Dijkstra's algorithm).
Graph::Cycle Graph::cycle_through(std::size_t start, Strength strength) const {
  struct Reached {
    std::uint32_t doubt = 0;
    std::size_t length = 0;
    std::size_t at = 0;
    bool operator>(const Reached& other) const {
      return std::tie(doubt, length, at) >
             std::tie(other.doubt, other.length, other.at);
    }
  };
  std::unordered_map<std::size_t, std::size_t> came_from;
  std::unordered_map<std::size_t, Reached> best;
  std::priority_queue<Reached, std::vector<Reached>, std::greater<>> open;
  open.push({0, 0, start});
  for (bool first = true; !open.empty(); first = false) {
    const Reached here = open.top();
    open.pop();
    if (here.at == start && !first) {
      Cycle cycle{{}, here.doubt};
      std::size_t at = came_from.at(start);
      for (; at != start; at = came_from.at(at)) cycle.members.push_back(at);
      cycle.members.push_back(start);
      std::reverse(cycle.members.begin(), cycle.members.end());
      return cycle;
    }
    if (!first && best.at(here.at) > here) continue;
    for (const Edge& edge : edges_[here.at]) {
      if (strength == Strength::kMust && !edge.must) continue;
      const Reached next{here.doubt + edge.doubt, here.length + 1, edge.to};
      const auto [known, is_new] = best.try_emplace(edge.to, next);
      if (!is_new && !(known->second > next)) continue;
      known->second = next;
      came_from[edge.to] = here.at;
      open.push(next);
    }
  }
  return {};
}

const Edge* Graph::knot_edge(std::size_t position) const {
  const std::size_t to = knot_[(position + 1) % knot_.size()];
  const Edge* found = nullptr;
  for (const Edge& edge : edges_[knot_[position]]) {
    if (edge.to == to && (found == nullptr || edge.must)) found = &edge;
  }
  return found;
}

}  // namespace chansan::waits
