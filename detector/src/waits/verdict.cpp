#include "detector/src/waits/verdict.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <string_view>

namespace chansan::waits {

namespace {

using seam::ObjectKind;

// Known shapes, and how they are undone.
struct Shape {
  std::string_view kind;
  std::string_view hint;
};
constexpr Shape kShapes[] = {
    {"self deadlock",
     "the lock is not recursive: unlock it on every path before it is locked "
     "again, or split the function into one that locks and one that is called "
     "with the lock held"},
    {"lock cycle",
     "take these locks in the same order everywhere, or together by "
     "std::scoped_lock"},
    {"owner ended while holding",
     "hold the lock by a std::lock_guard, which unlocks it on every path out "
     "of the function"},
    {"owner lost the lock",
     "hold the lock by a std::lock_guard, which unlocks it before the last "
     "reference to it is gone"},
    {"lost signal",
     "set a flag under the mutex before the notify, and wait with a predicate "
     "that reads it: a notify that finds nobody is gone"},
    {"wait group never zero",
     "call done() on every path, also on early returns, as wait_group::go() "
     "does"},
    {"nil channel", "give the channel a value by make_chan() before its use"},
    {"no receiver left",
     "let the receiver drain the channel, or select the send against a done "
     "channel"},
    {"no sender left", "close the channel after its last send, on every path"},
    {"no partner left",
     "close one of the channels when there is nothing more to wait for, on "
     "every path"},
    {"semaphore never released",
     "release the semaphore on every path, also on early returns"},
    {"channel and wait group",
     "receive until the channel is closed, and let a goroutine of its own wait "
     "for the group and then close it"},
    {"and lock",
     "do not hold a lock while waiting for another goroutine: unlock it before "
     "the operation that can block"},
    {"channel cycle",
     "let one side select between its send and its receive, or give a channel "
     "room for what is sent"},
};

const seam::GoroutineSnapshot& member(const Graph& graph, std::size_t place) {
  return graph.world().goroutines[graph.knot()[place]];
}

// Of one that nobody can help.
std::string class_of_helpless(const Graph& graph) {
  const seam::GoroutineSnapshot& one = member(graph, 0);
  const std::string_view status = one.status;
  if (status.ends_with("(nil chan)")) return "nil channel";
  if (status == "select (no cases)") return "select without cases";
  if (one.waits.empty()) {
    return status == "select" ? "nil channel" : "blocked for ever";
  }
  if (one.waits.size() > 1) return "no partner left";
  const seam::Wait& wait = one.waits.front();
  const seam::ObjectSnapshot& object = *graph.object(wait.object);
  switch (object.kind) {
    case ObjectKind::kChannel:
      if (object.is_timer) return "stopped timer";
      return wait.send ? "no receiver left" : "no sender left";
    case ObjectKind::kWaitGroup:
      return "wait group never zero";
    case ObjectKind::kCondition:
      return "lost signal";
    case ObjectKind::kSemaphore:
      return "semaphore never released";
    default:
      return !object.holders.empty() &&
                     graph.is_alive(object.holders.front().goroutine)
                 ? "owner lost the lock"
                 : "owner ended while holding";
  }
}

std::set<ObjectKind> kinds_in_knot(const Graph& graph) {
  std::set<ObjectKind> kinds;
  for (std::size_t i = 0; i < graph.knot().size(); ++i) {
    const Edge* const edge = graph.knot_edge(i);
    if (edge != nullptr) kinds.insert(graph.object(edge->object)->kind);
  }
  return kinds;
}

// A condition variable of the knot was notified before anybody waited.
bool signal_was_lost(const Graph& graph) {
  for (const std::size_t index : graph.knot()) {
    for (const seam::Wait& wait : graph.world().goroutines[index].waits) {
      const seam::ObjectSnapshot& object = *graph.object(wait.object);
      if (object.kind == ObjectKind::kCondition && object.count > 0) {
        return true;
      }
    }
  }
  return false;
}

std::string class_of_cycle(const Graph& graph) {
  if (graph.knot().size() == 1) return "self deadlock";
  const std::set<ObjectKind> kinds = kinds_in_knot(graph);
  if (std::all_of(kinds.begin(), kinds.end(), is_lock)) return "lock cycle";
  if (signal_was_lost(graph)) return "lost signal";
  std::vector<std::string_view> names;
  if (kinds.contains(ObjectKind::kChannel)) names.push_back("channel");
  if (kinds.contains(ObjectKind::kCondition)) {
    names.push_back("condition variable");
  }
  if (kinds.contains(ObjectKind::kSemaphore)) names.push_back("semaphore");
  if (std::any_of(kinds.begin(), kinds.end(), is_lock)) names.push_back("lock");
  if (kinds.contains(ObjectKind::kWaitGroup)) names.push_back("wait group");
  if (names.size() == 1) return std::string(names.front()) + " cycle";
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " and " : ", ";
    text += names[i];
  }
  return text;
}

bool is_cycle(const Graph& graph) {
  return graph.knot().size() > 1 || graph.knot_edge(0) != nullptr;
}

// Of a knot with a wait group: those it counts wait for a close that comes
// after it.
bool receives_in_knot(const Graph& graph) {
  for (std::size_t i = 0; i < graph.knot().size(); ++i) {
    const Edge* const edge = graph.knot_edge(i);
    if (edge == nullptr) continue;
    for (const seam::Wait& wait : member(graph, i).waits) {
      const auto kind = graph.object(wait.object)->kind;
      if (wait.object == edge->object && kind == ObjectKind::kChannel &&
          !wait.send) {
        return true;
      }
    }
  }
  return false;
}

// A reader that waits behind a writer which waits for that reader.
bool reads_twice(const Graph& graph) {
  for (std::size_t i = 0; i < graph.knot().size(); ++i) {
    const Edge* const edge = graph.knot_edge(i);
    if (edge == nullptr || !edge->must) continue;
    if (waits_to_read(member(graph, i)) &&
        waits_to_write(graph.world().goroutines[edge->to])) {
      return true;
    }
  }
  return false;
}

std::string link_text(const Graph& graph, const Words& words,
                      std::size_t place) {
  const Edge& edge = *graph.knot_edge(place);
  const std::size_t from = graph.knot()[place];
  const seam::GoroutineSnapshot& one = graph.world().goroutines[from];
  const auto wait = std::find_if(
      one.waits.begin(), one.waits.end(),
      [&](const seam::Wait& each) { return each.object == edge.object; });
  std::string text = words.goroutine(from) + " waits for " +
                     words.need(from, *wait) + ", which ";
  if (!edge.must) {
    text += words.goroutine(edge.to) + (edge.did ? " could do" : " can reach");
    const seam::ObjectSnapshot& object = *graph.object(edge.object);
    if (object.kind == ObjectKind::kCondition && object.count > 0) {
      text += " (it was " + words.state(object) + ")";
    }
    return text;
  }
  if (waits_to_read(one) && waits_to_write(graph.world().goroutines[edge.to])) {
    return text + words.goroutine(edge.to) + " waits to write";
  }
  return text + (edge.to == from ? "it" : words.goroutine(edge.to)) +
         (edge.to == from ? " holds itself" : " holds");
}

std::string helpless_text(const Graph& graph, const Words& words) {
  const std::size_t index = graph.knot().front();
  const seam::GoroutineSnapshot& one = graph.world().goroutines[index];
  std::string text = words.goroutine(index) + " ";
  if (one.waits.empty()) {
    return text + "is blocked in " + one.status +
           ", which nothing can ever end";
  }
  text += words.doing(index);
  const seam::ObjectSnapshot& object = *graph.object(one.waits.front().object);
  if (is_lock(object.kind) && !object.holders.empty()) {
    const std::uint64_t holder = object.holders.front().goroutine;
    text += ", which goroutine " + std::to_string(holder) + " took and ";
    return text + (graph.is_alive(holder)
                       ? "never gave back, and nothing leads it there any "
                         "more"
                       : "never gave back before it ended");
  }
  if (object.kind == ObjectKind::kWaitGroup) {
    return text + ", whose counter is " + std::to_string(object.count) +
           ", and no other goroutine can reach it";
  }
  if (object.kind == ObjectKind::kCondition && object.count > 0) {
    return text + ", which was notified before anybody waited";
  }
  if (object.is_timer && one.waits.size() == 1) {
    return text + ", whose timer was stopped or has fired";
  }
  const std::string gone = words.gone(one.waits.front());
  if (one.waits.size() == 1 && !gone.empty()) return text + "; " + gone;
  return text + (one.waits.size() > 1
                     ? ", and no other goroutine can reach them"
                     : ", and no other goroutine can reach it");
}

}  // namespace

std::string class_of(const Graph& graph) {
  if (graph.knot().empty()) return "";
  std::string text =
      is_cycle(graph) ? class_of_cycle(graph) : class_of_helpless(graph);
  if (graph.world().idle_timers) text += ", masked by a timer";
  return text;
}

std::string sentence_of(const Graph& graph, const Words& words) {
  constexpr std::size_t kLinksMax = 4;
  if (graph.knot().empty()) return "";
  std::string text;
  if (!is_cycle(graph)) {
    text = helpless_text(graph, words);
  } else {
    const std::size_t links = std::min(graph.knot().size(), kLinksMax);
    for (std::size_t i = 0; i < links; ++i) {
      if (i > 0) text += i + 1 == links ? ", and " : ", ";
      text += link_text(graph, words, i);
    }
    if (links < graph.knot().size()) {
      text +=
          ", and so on in a circle of " + std::to_string(graph.knot().size());
    }
  }
  if (graph.world().idle_timers) {
    text += "; a timer goes on, but nobody alive receives from it";
  }
  return text;
}

std::string hint_of(const Graph& graph, const Words& words) {
  if (graph.knot().empty()) return "";
  if (reads_twice(graph)) {
    return "do not take the read lock again while holding it: a writer that "
           "comes in between waits for the first, and the second for the "
           "writer";
  }
  std::string kind =
      is_cycle(graph) ? class_of_cycle(graph) : class_of_helpless(graph);
  const std::size_t first = graph.knot().front();
  const auto& waits = graph.world().goroutines[first].waits;
  if (kind == "no receiver left" &&
      graph.object(waits.front().object)->capacity == 0) {
    return "give " + words.object(waits.front().object) +
           " capacity 1, so that its sender can go on without a receiver, or "
           "select the send against a done channel";
  }
  if (kind == "channel and wait group" && receives_in_knot(graph)) {
    return "let whoever waits for the group first close the channel, or send "
           "on it: those that the group counts wait for that";
  }
  // All mixtures with a lock are mended in one way.
  if (kind != "lock cycle" && kind.ends_with("and lock")) kind = "and lock";
  const auto shape =
      std::find_if(std::begin(kShapes), std::end(kShapes),
                   [&](const Shape& each) { return each.kind == kind; });
  return shape == std::end(kShapes) ? "" : std::string(shape->hint);
}

}  // namespace chansan::waits
