#include "tool/check/model/explorer.h"

#include <algorithm>
#include <deque>
#include <random>
#include <ranges>
#include <unordered_set>

namespace chansan::model {
namespace {

constexpr std::uint32_t kNoNode = ~std::uint32_t{0};

class Explorer {
 public:
  Explorer(const Program& program, const Root& root, const Bounds& bounds)
      : root_(root), bounds_(bounds), machine_(program, root) {}

  Outcomes run() {
    add(machine_.initial(), kNoNode);
    while (!open_.empty() && nodes_.size() < bounds_.states_max) {
      auto [state, node] = std::move(open_.front());
      open_.pop_front();
      expand(state, node);
    }
    outcomes_.complete = open_.empty() && machine_.complete();
    // What breadth first could not reach, a few runs to the end may.
    if (!open_.empty()) walk();
    outcomes_.states = nodes_.size();
    return std::move(outcomes_);
  }

  const Coverage& coverage() const { return machine_.coverage(); }

 private:
  struct Node {
    std::uint32_t parent;
    Trace steps;  // from the parent to here
  };
  struct Open {
    State state;
    std::uint32_t node;
  };

  void expand(const State& state, std::uint32_t node) {
    const auto transitions = machine_.transitions(state);
    if (transitions.empty()) {
      judge(state, node);
      return;
    }
    for (const Transition& transition : transitions) {
      State next = state;
      machine_.apply(next, transition);
      collect(node);
      add(std::move(next), node);
    }
  }

  // Settles `state` and keeps what is new.
  void add(State state, std::uint32_t parent) {
    std::vector<State> settled = machine_.settle(std::move(state));
    collect(parent);
    for (State& next : settled) {
      if (next.ended) continue;
      Trace steps = std::exchange(next.steps, {});
      if (!seen_.insert(canonicalise(next)).second) continue;
      nodes_.push_back({parent, std::move(steps)});
      open_.push_back(
          {std::move(next), static_cast<std::uint32_t>(nodes_.size() - 1)});
    }
  }

  // Takes what the machine noticed on the way from `node`.
  void collect(std::uint32_t node) {
    Notes notes = machine_.take_notes();
    for (Race& race : notes.races) {
      if (!is_new(race)) continue;
      race.trace = trace_of(node, std::move(race.trace));
      outcomes_.races.push_back(std::move(race));
    }
    for (Misuse& misuse : notes.misuses) {
      if (!is_new(misuse)) continue;
      misuse.trace = trace_of(node, std::move(misuse.trace));
      outcomes_.misuses.push_back(std::move(misuse));
    }
  }

  bool is_new(const Race& race) const {
    return std::ranges::none_of(outcomes_.races, [&](const Race& other) {
      return std::minmax(other.earlier.site, other.later.site) ==
             std::minmax(race.earlier.site, race.later.site);
    });
  }
  bool is_new(const Misuse& misuse) const {
    return std::ranges::none_of(outcomes_.misuses, [&](const Misuse& other) {
      return other.kind == misuse.kind && other.site == misuse.site;
    });
  }

  // Nothing can move. That is a defect if the program, or the function that is
  // explored, has not come to its end.
  void judge(const State& state, std::uint32_t node) {
    const bool unfinished =
        std::ranges::any_of(state.goroutines, [](const Goroutine& goroutine) {
          return goroutine.id == 1 && !goroutine.frames.empty();
        });
    if (!unfinished) return;
    Stuck stuck;
    stuck.waiting = machine_.waiting(state);
    if (stuck.waiting.empty()) return;
    stuck.is_main = root_.is_main;
    const bool known =
        std::ranges::any_of(outcomes_.stuck, [&](const Stuck& other) {
          return std::ranges::equal(other.waiting, stuck.waiting, {},
                                    &Waiting::site, &Waiting::site);
        });
    if (known) return;
    stuck.trace = trace_of(node, {});
    outcomes_.stuck.push_back(std::move(stuck));
  }

  Trace trace_of(std::uint32_t node, Trace last) const {
    std::vector<const Trace*> parts;
    for (; node != kNoNode; node = nodes_[node].parent)
      parts.push_back(&nodes_[node].steps);
    Trace trace;
    for (const Trace* part : parts | std::views::reverse)
      trace.insert(trace.end(), part->begin(), part->end());
    trace.insert(trace.end(), last.begin(), last.end());
    return trace;
  }

  // Runs of one schedule each: first with the lowest goroutine that can move,
  // then the highest, then as seeded chance has it.
  void walk() {
    std::mt19937 random(1);
    for (std::size_t walk = 0; walk < bounds_.walks; ++walk) {
      State state = std::move(machine_.settle(machine_.initial()).front());
      Trace trace = std::exchange(state.steps, {});
      for (std::size_t i = 0; i < bounds_.walk_steps_max; ++i) {
        const auto transitions = machine_.transitions(state);
        if (transitions.empty()) break;
        const std::size_t choice = walk == 0   ? 0
                                   : walk == 1 ? transitions.size() - 1
                                               : random() % transitions.size();
        machine_.apply(state, transitions[choice]);
        std::vector<State> settled = machine_.settle(std::move(state));
        if (settled.empty() || settled.front().ended) {
          finish_walk(trace);
          state = {};
          break;
        }
        state = std::move(settled[random() % settled.size()]);
        trace.insert(trace.end(), state.steps.begin(), state.steps.end());
        state.steps.clear();
        canonicalise(state);
        finish_walk(trace);
      }
      if (!state.goroutines.empty() && machine_.transitions(state).empty())
        judge_walk(state, trace);
    }
  }

  void finish_walk(const Trace& trace) {
    const std::size_t races = outcomes_.races.size();
    const std::size_t misuses = outcomes_.misuses.size();
    collect(kNoNode);
    for (std::size_t i = races; i < outcomes_.races.size(); ++i)
      outcomes_.races[i].trace = trace;
    for (std::size_t i = misuses; i < outcomes_.misuses.size(); ++i)
      outcomes_.misuses[i].trace = trace;
  }

  void judge_walk(const State& state, const Trace& trace) {
    const std::size_t before = outcomes_.stuck.size();
    judge(state, kNoNode);
    for (std::size_t i = before; i < outcomes_.stuck.size(); ++i)
      outcomes_.stuck[i].trace = trace;
  }

  const Root root_;
  const Bounds bounds_;
  Machine machine_;
  Outcomes outcomes_;
  std::vector<Node> nodes_;
  std::deque<Open> open_;
  std::unordered_set<std::string> seen_;
};

void merge(Coverage& into, const Coverage& from) {
  into.ranges.insert(from.ranges.begin(), from.ranges.end());
  into.closed.insert(from.closed.begin(), from.closed.end());
  into.escaped.insert(from.escaped.begin(), from.escaped.end());
  into.closes.insert(from.closes.begin(), from.closes.end());
}

}  // namespace

Outcomes explore(const Program& program, const Root& root, const Bounds& bounds,
                 Coverage& coverage) {
  Explorer explorer(program, root, bounds);
  Outcomes outcomes = explorer.run();
  merge(coverage, explorer.coverage());
  return outcomes;
}

}  // namespace chansan::model
