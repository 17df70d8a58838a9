#include "detector/src/waits/stuck.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "detector/src/waits/graph.h"
#include "detector/src/waits/verdict.h"
#include "detector/src/waits/words.h"

namespace chansan::waits {

namespace {

// Beyond so many, goroutines that are alike are counted together: in a dump of
// all, and in the report of a leak, which others follow.
constexpr std::size_t kSingleMax = 1000;
constexpr std::size_t kLeakSingleMax = 20;
// Of a circle as long as this or longer not every member is told.
constexpr std::size_t kMembersMax = 100;
constexpr std::size_t kWakersMax = 8;
constexpr std::size_t kAncestorsMax = 16;

// What the finding says of goroutines and objects.
class Story {
 public:
  Story(const seam::World& world, Places& places)
      : world_(world),
        places_(places),
        graph_(world, places),
        words_(graph_, places) {
    for (const std::size_t index : graph_.knot()) {
      if (members_.size() == kMembersMax) break;
      members_.insert(index);
      for (const seam::Wait& wait : world.goroutines[index].waits) {
        in_knot_.insert(wait.object);
      }
    }
    for (const seam::ObjectSnapshot& object : world.objects) {
      for (const seam::Holder& holder : object.holders) {
        held_by_[holder.goroutine].push_back({&object, &holder});
      }
    }
  }

  void tell_cause(Finding& finding) const {
    finding.kind = class_of(graph_);
    finding.why = sentence_of(graph_, words_);
    finding.hint = hint_of(graph_, words_);
    for (const seam::ObjectSnapshot& object : world_.objects) {
      if (!in_knot_.contains(object.id)) continue;
      finding.objects.push_back({words_.object(object.id), words_.state(object),
                                 frames(object.made_at), history(object.id)});
    }
  }

  void tell_goroutines(Finding& finding, std::size_t single_max) const {
    using Key =
        std::tuple<std::string_view, const std::uintptr_t*, std::uintptr_t>;
    std::map<Key, std::size_t> alike;
    for (std::size_t i = 0; i < world_.goroutines.size(); ++i) {
      const seam::GoroutineSnapshot& one = world_.goroutines[i];
      if (i < single_max || members_.contains(i)) {
        finding.goroutines.push_back(goroutine(i));
        continue;
      }
      const Key key{one.status, one.pcs.data(), one.created_at};
      const auto [place, is_new] =
          alike.try_emplace(key, finding.goroutines.size());
      if (!is_new) {
        ++finding.goroutines[place->second].count;
        continue;
      }
      Goroutine first = goroutine(i);
      first.id = 0;
      first.name.clear();
      first.waits_for.clear();
      finding.goroutines.push_back(std::move(first));
    }
  }

  const Graph& graph() const { return graph_; }
  const Words& words() const { return words_; }

 private:
  Stack frames(std::uintptr_t pc) const {
    if (pc == 0) return {};
    Stack shown;
    for (Frame& frame : places_.frames(pc)) {
      if (!frame.library) shown.push_back(std::move(frame));
    }
    return shown;
  }

  // Who worked with it and is gone may be the one that should have helped.
  std::vector<Step> history(std::uint64_t object) const {
    History known = places_.history(object);
    for (const seam::GoroutineId id : known.actors) {
      if (graph_.is_alive(id)) continue;
      known.steps.push_back(
          {id, "goroutine " + std::to_string(id) + " has ended", {}});
    }
    return std::move(known.steps);
  }

  Goroutine goroutine(std::size_t index) const {
    const seam::GoroutineSnapshot& one = world_.goroutines[index];
    Goroutine told;
    told.id = one.id;
    told.name = one.name;
    told.status = one.status;
    told.stack = words_.stack(index);
    told.creator = one.creator;
    told.created_at = frames(one.created_at);
    told.waiting_ns = one.waiting_ns;
    told.in_knot = members_.contains(index);
    for (const seam::Wait& wait : one.waits) {
      if (graph_.object(wait.object) == nullptr) continue;
      if (!told.waits_for.empty()) told.waits_for += " or ";
      told.waits_for += words_.object(wait.object);
    }
    add_holds(told);
    if (!told.in_knot || world_.objects.empty()) return told;
    if (one.waits.size() == 1) {
      add_wakers(told, index, one.waits.front());
    } else {
      add_partners(told, index);
    }
    add_ancestors(told);
    return told;
  }

  void add_holds(Goroutine& told) const {
    const auto found = held_by_.find(told.id);
    if (found == held_by_.end()) return;
    for (const auto& [object, holder] : found->second) {
      if (!words_.names(object->id)) continue;
      const char* how = holder->shared ? "the read lock of " : "";
      told.holds.push_back(
          {how + words_.object(object->id), taken_at(*object, *holder)});
    }
  }

  // The guards of the standard library, where they are functions of their own,
  // hide it from the lock, but not from whoever remembers.
  Stack taken_at(const seam::ObjectSnapshot& object,
                 const seam::Holder& holder) const {
    Stack site = frames(holder.site);
    if (user_place(site) != nullptr) return site;
    const Location* last = nullptr;
    const History known = places_.history(object.id);
    for (const Step& step : known.steps) {
      const bool takes = step.message.ends_with(" locked it") ||
                         step.message.ends_with(" read-locked it");
      if (takes && step.goroutine == holder.goroutine &&
          !step.location.file.empty()) {
        last = &step.location;
      }
    }
    if (last != nullptr) site = {{"", *last, false, false}};
    return site;
  }

  // Creators of creators, as long as they are alive.
  void add_ancestors(Goroutine& told) const {
    std::size_t at = graph_.index_of(told.creator);
    for (std::size_t i = 0; i < kAncestorsMax && at != Graph::kNone; ++i) {
      const seam::GoroutineSnapshot& one = world_.goroutines[at];
      if (one.creator == 0) return;
      const Stack created_at = frames(one.created_at);
      const Location* place = user_place(created_at);
      told.ancestors.push_back({one.id,
                                words_.goroutine(at) +
                                    " was created in goroutine " +
                                    std::to_string(one.creator),
                                place == nullptr ? Location{} : *place});
      at = graph_.index_of(one.creator);
    }
  }

  void add_wakers(Goroutine& told, std::size_t index,
                  const seam::Wait& wait) const {
    const seam::ObjectSnapshot& object = *graph_.object(wait.object);
    const std::size_t before = told.wakers.size();
    if (is_lock(object.kind)) {
      for (const seam::Holder& holder : object.holders) {
        told.wakers.push_back(holder_step(index, object, holder));
      }
    }
    std::size_t more = 0;
    for (const Edge& edge : graph_.edges(index)) {
      const bool told_above = std::any_of(
          object.holders.begin(), object.holders.end(),
          [&](const seam::Holder& holder) {
            return holder.goroutine == world_.goroutines[edge.to].id;
          });
      if (edge.object != wait.object || told_above) continue;
      if (told.wakers.size() >= before + kWakersMax) {
        ++more;
      } else {
        told.wakers.push_back(reacher_step(index, edge, wait));
      }
    }
    if (more > 0) {
      told.wakers.push_back(
          {0, std::to_string(more) + " more, which are blocked too", {}});
    }
    if (told.wakers.size() == before) {
      told.wakers.push_back({0, nobody(object, wait), {}});
    }
  }

  // Of a select: who could run one of its cases, and which.
  void add_partners(Goroutine& told, std::size_t index) const {
    struct Partner {
      std::size_t goroutine = 0;
      std::string could;  // what it has done before
      std::string reaches;
    };
    std::vector<Partner> partners;
    for (const seam::Wait& wait : world_.goroutines[index].waits) {
      bool any = false;
      for (const Edge& edge : graph_.edges(index)) {
        if (edge.object != wait.object) continue;
        any = true;
        auto known = std::find_if(
            partners.begin(), partners.end(),
            [&](const Partner& each) { return each.goroutine == edge.to; });
        if (known == partners.end()) {
          known = partners.insert(known, {edge.to, "", ""});
        }
        if (edge.did) {
          known->could += known->could.empty() ? " could " : " or ";
          known->could += words_.help(wait);
        } else {
          known->reaches += known->reaches.empty() ? " can reach " : " and ";
          known->reaches += words_.object(wait.object);
        }
      }
      if (!any) {
        told.wakers.push_back(
            {0, nobody(*graph_.object(wait.object), wait), {}});
      }
    }
    for (std::size_t i = 0; i < partners.size() && i < kWakersMax; ++i) {
      const auto& [other, could, reaches] = partners[i];
      const bool both = !could.empty() && !reaches.empty();
      told.wakers.push_back({world_.goroutines[other].id,
                             words_.goroutine(other) + could +
                                 (both ? "," : "") + reaches + ", but " +
                                 words_.doing(other) + words_.at(other),
                             {}});
    }
    if (partners.size() > kWakersMax) {
      const std::size_t more = partners.size() - kWakersMax;
      told.wakers.push_back(
          {0, std::to_string(more) + " more, which are blocked too", {}});
    }
  }

  Step holder_step(std::size_t index, const seam::ObjectSnapshot& object,
                   const seam::Holder& holder) const {
    const std::size_t other = graph_.index_of(holder.goroutine);
    const std::string since = at_place(taken_at(object, holder), ", taken at ");
    const std::string what =
        object.kind == seam::ObjectKind::kOnce ? " runs its function"
        : holder.shared ? " has the read lock of " + words_.object(object.id)
                        : " has " + words_.object(object.id);
    if (other == Graph::kNone) {
      return {holder.goroutine,
              "goroutine " + std::to_string(holder.goroutine) + what + since +
                  (graph_.is_alive(holder.goroutine)
                       ? ", and nothing leads it there any more"
                       : ", and has ended"),
              {}};
    }
    if (other == index) {
      return {holder.goroutine,
              words_.goroutine(other) + what + " itself" + since,
              {}};
    }
    return {holder.goroutine,
            words_.goroutine(other) + what + since + ", but " +
                words_.doing(other) + words_.at(other),
            {}};
  }

  Step reacher_step(std::size_t index, const Edge& edge,
                    const seam::Wait& wait) const {
    const seam::GoroutineSnapshot& other = world_.goroutines[edge.to];
    const std::string rest =
        ", but " + words_.doing(edge.to) + words_.at(edge.to);
    const bool as_writer = edge.must && waits_to_read(world_.goroutines[index]);
    const std::string could =
        as_writer  ? " waits to write, which comes before a new reader"
        : edge.did ? " could " + words_.help(wait)
                   : " can reach " + words_.object(wait.object);
    return {other.id, words_.goroutine(edge.to) + could + rest, {}};
  }

  std::string nobody(const seam::ObjectSnapshot& object,
                     const seam::Wait& wait) const {
    if (const std::string gone = words_.gone(wait); !gone.empty()) {
      return "nobody: " + gone;
    }
    std::string text = "nobody: no other goroutine is left that could ";
    text += words_.help(wait);
    if (object.is_timer) text += ", and its timer is not going to fire";
    return text;
  }

  const seam::World& world_;
  Places& places_;
  Graph graph_;
  Words words_;
  std::unordered_set<std::size_t> members_;    // of the knot
  std::unordered_set<std::uint64_t> in_knot_;  // what they wait on
  struct Held {
    const seam::ObjectSnapshot* object = nullptr;
    const seam::Holder* holder = nullptr;
  };
  std::unordered_map<std::uint64_t, std::vector<Held>> held_by_;
};

const char* id_of(End end) {
  switch (end) {
    case End::kDeadlock:
      return "deadlock";
    case End::kPanic:
      return "panic";
    case End::kFatalError:
      return "fatal";
  }
  return "fatal";
}

void set_location(Finding& finding) {
  for (const Goroutine& goroutine : finding.goroutines) {
    if (const Location* place = user_place(goroutine.stack)) {
      finding.location = *place;
      return;
    }
  }
}

}  // namespace

Finding judge(End end, const std::string& message, const seam::World& world,
              Places& places) {
  Finding finding;
  finding.id = id_of(end);
  finding.message = message;
  const Story story(world, places);
  if (end == End::kDeadlock) {
    story.tell_cause(finding);
    if (!finding.why.empty()) {
      finding.why = "Deadlock: " + finding.kind + ": " + finding.why;
    }
  }
  story.tell_goroutines(finding, kSingleMax);
  set_location(finding);
  return finding;
}

namespace {

// Beyond so many different leaks at once, the rest is told as one. To tell one
// apart is a walk over all that are left.
constexpr std::size_t kLeaksMax = 64;
constexpr std::size_t kManyGoroutines = 20000;
constexpr std::size_t kLeaksOfManyMax = 8;

// Those of the world that wait, directly or not, for the knot; and those that
// are in the same plight on their own, at the same place.
std::vector<bool> part_of(const Graph& graph) {
  const auto& all = graph.world().goroutines;
  std::vector<bool> part(all.size(), false);
  for (const std::size_t index : graph.knot()) part[index] = true;
  std::vector<std::vector<std::size_t>> waiting_for(all.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (const Edge& edge : graph.edges(i)) waiting_for[edge.to].push_back(i);
  }
  std::vector<std::size_t> open = graph.knot();
  while (!open.empty()) {
    const std::size_t at = open.back();
    open.pop_back();
    for (const std::size_t from : waiting_for[at]) {
      if (part[from]) continue;
      part[from] = true;
      open.push_back(from);
    }
  }
  if (graph.knot().empty()) part.assign(all.size(), true);
  if (graph.knot().size() != 1) return part;
  const seam::GoroutineSnapshot& only = all[graph.knot().front()];
  const auto alike = [&](std::size_t index) {
    return all[index].pcs.data() == only.pcs.data() &&
           all[index].created_at == only.created_at;
  };
  for (std::size_t i = 0; i < all.size(); ++i) {
    // One that only its like could help, by a variable that may be dead.
    const auto& edges = graph.edges(i);
    part[i] = part[i] || (alike(i) && std::all_of(edges.begin(), edges.end(),
                                                  [&](const Edge& edge) {
                                                    return alike(edge.to);
                                                  }));
  }
  return part;
}

std::string leak_message(const seam::World& part) {
  if (part.goroutines.size() > 1) {
    return std::to_string(part.goroutines.size()) +
           " goroutines can never run again";
  }
  const seam::GoroutineSnapshot& only = part.goroutines.front();
  return "goroutine " + std::to_string(only.id) + " [" + only.status +
         "] can never run again";
}

Finding leak_of(const seam::World& part, Places& places) {
  Finding finding;
  finding.id = "leak";
  finding.message = leak_message(part);
  const Story story(part, places);
  story.tell_cause(finding);
  if (!finding.why.empty()) {
    finding.why = "Leak: " + finding.kind + ": " + finding.why;
  }
  story.tell_goroutines(finding, kLeakSingleMax);
  set_location(finding);
  return finding;
}

}  // namespace

std::vector<Finding> judge_leaks(const seam::World& world,
                                 std::span<const seam::GoroutineId> stuck,
                                 Places& places) {
  const std::unordered_set<seam::GoroutineId> ids(stuck.begin(), stuck.end());
  seam::World rest;
  rest.objects = world.objects;
  for (const seam::GoroutineSnapshot& each : world.goroutines) {
    rest.others.push_back(each.id);
    if (ids.contains(each.id)) rest.goroutines.push_back(each);
  }
  std::sort(rest.others.begin(), rest.others.end());
  const std::size_t leaks_max =
      rest.goroutines.size() > kManyGoroutines ? kLeaksOfManyMax : kLeaksMax;
  std::vector<Finding> findings;
  while (!rest.goroutines.empty()) {
    const bool is_last = findings.size() + 1 == leaks_max;
    const std::vector<bool> part =
        is_last ? std::vector<bool>(rest.goroutines.size(), true)
                : part_of(Graph(rest, places));
    seam::World told;
    std::vector<seam::GoroutineSnapshot> later;
    for (std::size_t i = 0; i < part.size(); ++i) {
      (part[i] ? told.goroutines : later)
          .push_back(std::move(rest.goroutines[i]));
    }
    told.objects = std::move(rest.objects);
    told.others = std::move(rest.others);
    findings.push_back(leak_of(told, places));
    rest = std::move(told);
    rest.goroutines = std::move(later);
  }
  return findings;
}

}  // namespace chansan::waits
