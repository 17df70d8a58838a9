#include "tool/check/model/explorer.h"

#include <algorithm>
#include <deque>
#include <random>
#include <ranges>
#include <unordered_map>

#include "tool/check/model/liveness.h"
#include "tool/check/model/memory.h"
#include "tool/check/model/registers.h"

namespace chansan::model {
namespace {

constexpr std::uint32_t kNoNode = ~std::uint32_t{0};

bool is_new(const Outcomes& outcomes, const Race& race) {
  return std::ranges::none_of(outcomes.races, [&](const Race& other) {
    return std::minmax(other.earlier.site, other.later.site) ==
           std::minmax(race.earlier.site, race.later.site);
  });
}
bool is_new(const Outcomes& outcomes, const Misuse& misuse) {
  return std::ranges::none_of(outcomes.misuses, [&](const Misuse& other) {
    return other.kind == misuse.kind && other.site == misuse.site;
  });
}

class Explorer {
 public:
  Explorer(const Program& program, const Root& root, const Bounds& bounds,
           int assumptions_max)
      : program_(program),
        root_(root),
        bounds_(bounds),
        machine_(program, root, assumptions_max) {}

  Outcomes run() {
    add(machine_.initial(), {kNoNode, {}, {}});
    while (!open_.empty() && nodes_.size() < bounds_.states_max &&
           bytes_ < bounds_.bytes_max && work() < bounds_.work_max) {
      auto [state, node] = std::move(open_.front());
      open_.pop_front();
      expand(std::move(state), node);
    }
    outcomes_.bounded = !open_.empty();
    outcomes_.complete = open_.empty() && machine_.complete();
    // What breadth first could not reach, a few runs to the end may.
    if (!open_.empty()) walk();
    for (const Open& open : open_) liveness_.free(open.node);
    find_left_behind();
    outcomes_.states = nodes_.size();
    // Who waits for a lock of its own is freed if another unlocks it.
    std::erase_if(outcomes_.misuses, [&](const Misuse& misuse) {
      return misuse.kind == Misuse::Kind::kDoubleLock &&
             machine_.coverage().handed.contains(misuse.object_site);
    });
    return std::move(outcomes_);
  }

  const Coverage& coverage() const { return machine_.coverage(); }
  std::size_t work() const {
    constexpr std::size_t kInstruction = 10;
    return work_ + kInstruction * machine_.steps();
  }

 private:
  struct Node {
    std::uint32_t parent;
    std::uint32_t transition;  // of the parent's
    std::uint32_t side;        // of the states that it settled in
    bool returned;             // the root has
    Trace steps;               // from the parent to here
  };
  // A step that is being taken.
  struct Step {
    std::uint32_t from;
    std::vector<std::uint32_t> before;  // the goroutines' ids
    std::vector<std::uint32_t> moved;
    std::uint32_t transition = 0;
  };
  struct Open {
    State state;
    std::uint32_t node;
  };

  void expand(State state, std::uint32_t node) {
    machine_.inspect(state);
    collect(node);
    const auto transitions = machine_.transitions(state);
    if (transitions.empty()) {
      judge(state, node);
      return;
    }
    Step step{node, Liveness::ids_of(state), {}};
    for (std::uint32_t i = 0; i < transitions.size(); ++i) {
      const Transition& transition = transitions[i];
      step.transition = i;
      step.moved = {state.goroutines[transition.actor].id};
      if (transition.receiver)
        step.moved.push_back(state.goroutines[*transition.receiver].id);
      const bool last = i + 1 == transitions.size();
      State next = last ? std::move(state) : state;
      machine_.apply(next, transition);
      collect(node);
      add(std::move(next), step);
    }
  }

  // Settles `state` and keeps what is new.
  void add(State state, const Step& step) {
    machine_.forget_drops();
    std::vector<State> settled = machine_.settle(std::move(state));
    collect(step.from);
    bool all = !machine_.dropped();
    for (std::uint32_t side = 0; side < settled.size(); ++side) {
      State& next = settled[side];
      all = all && !next.ended;
      if (next.ended) continue;
      Trace steps = std::exchange(next.steps, {});
      clear_dead_registers(program_, next);
      std::string key = canonicalise(next);
      const std::size_t size = key.size();
      // What it costs to come to a state that has no goroutine.
      constexpr std::size_t kState = 300;
      work_ += kState + size;
      const auto fresh = static_cast<std::uint32_t>(nodes_.size());
      const auto [entry, is_new] = seen_.try_emplace(std::move(key), fresh);
      bytes_ += is_new ? size : 0;
      if (is_new) {
        const bool returned = next.goroutines.front().frames.empty();
        nodes_.push_back(
            {step.from, step.transition, side, returned, std::move(steps)});
        liveness_.add_node(next);
      }
      if (step.from != kNoNode)
        liveness_.add_edge(step.from, entry->second, step.before,
                           Liveness::ids_of(next), step.moved);
      if (is_new) open_.push_back({std::move(next), fresh});
    }
    if (!all && step.from != kNoNode) liveness_.free(step.from);
  }

  // Goroutines that are stuck for ever while others go on.
  void find_left_behind() {
    liveness_.solve();
    std::set<SiteId> told;
    for (const Stuck& stuck : outcomes_.stuck)
      for (const Waiting& waiting : stuck.waiting) told.insert(waiting.site);
    std::set<std::vector<std::uint32_t>> asked;
    std::size_t replays = 0;
    for (std::uint32_t node = 0; node < nodes_.size(); ++node) {
      const auto places = liveness_.stuck(node);
      if (places.empty() || !is_final(node, places)) continue;
      // What a state before it had stuck is stuck here too.
      const std::uint32_t parent = nodes_[node].parent;
      if (parent != kNoNode && is_final(parent, liveness_.stuck(parent)) &&
          liveness_.stuck(parent).size() >= places.size())
        continue;
      constexpr std::size_t kReplaysMax = 16;
      if (++replays > kReplaysMax) return;
      judge_left_behind(replay(node), node, places, told);
    }
  }

  // A function that has not returned may yet hand out what the others wait for.
  bool is_final(std::uint32_t node,
                const std::vector<std::uint32_t>& places) const {
    return root_.is_main || nodes_[node].returned ||
           std::ranges::find(places, 0u) != places.end();
  }

  void judge_left_behind(const State& state, std::uint32_t node,
                         const std::vector<std::uint32_t>& places,
                         std::set<SiteId>& told) {
    if (state.truncated) return;
    Stuck stuck;
    stuck.is_main = root_.is_main;
    stuck.leak = state.goroutines.front().frames.empty();
    stuck.partial = true;
    bool is_new = false;
    const State seen = stuck.leak ? after_the_root(state) : state;
    for (const std::uint32_t place : places) {
      auto waiting = machine_.waiting_at(seen, place);
      if (!waiting) return;
      is_new = told.insert(waiting->site).second || is_new;
      stuck.waiting.push_back(std::move(*waiting));
    }
    if (!is_new || may_be_notified_later(stuck)) return;
    stuck.trace = trace_of(node, {});
    outcomes_.stuck.push_back(std::move(stuck));
  }

  // The state of a node, made again the way it was made.
  State replay(std::uint32_t node) {
    std::vector<std::uint32_t> path;
    for (; node != kNoNode; node = nodes_[node].parent) path.push_back(node);
    State state = machine_.initial();
    for (const std::uint32_t one : path | std::views::reverse) {
      if (nodes_[one].parent != kNoNode)
        machine_.apply(state,
                       machine_.transitions(state)[nodes_[one].transition]);
      state = machine_.settle(std::move(state))[nodes_[one].side];
      state.steps.clear();
      clear_dead_registers(program_, state);
      canonicalise(state);
    }
    machine_.take_notes();
    return state;
  }

  // Takes what the machine noticed on the way from `node`.
  void collect(std::uint32_t node) {
    Notes notes = machine_.take_notes();
    for (Race& race : notes.races) {
      if (!is_new(outcomes_, race)) continue;
      race.trace = trace_of(node, std::move(race.trace));
      outcomes_.races.push_back(std::move(race));
    }
    for (Misuse& misuse : notes.misuses) {
      if (!is_new(outcomes_, misuse)) continue;
      misuse.trace = trace_of(node, std::move(misuse.trace));
      outcomes_.misuses.push_back(std::move(misuse));
    }
  }

  // When a function has returned its goroutines go on with the program: other
  // functions may use the objects that globals are or lead to. A global that is
  // itself a lock or a channel is left as it is: all its uses have a name.
  State after_the_root(State state) const {
    if (root_.is_main) return state;
    std::vector<SiteId> ignored;
    for (const Variable& variable : program_.global_variables)
      for (std::uint32_t n = 0; n < variable.cells; ++n) {
        const Value cell = state.segments[0].cells[variable.offset + n];
        if (variable.cells > 1 || cell.kind == Kind::kPointer)
          escape(program_, state, cell, ignored);
      }
    return state;
  }

  // Who waits for a condition when the function has returned is most often a
  // worker of a pool, which lives on in an owner that was not followed.
  bool may_be_notified_later(const Stuck& stuck) const {
    return stuck.leak && !root_.is_main &&
           std::ranges::any_of(stuck.waiting, [](const Waiting& waiting) {
             return waiting.op == Op::kCondWait;
           });
  }

  // Nothing can move. Where no goroutine is left there is nothing to tell.
  void judge(const State& state, std::uint32_t node) {
    Stuck stuck;
    stuck.leak = state.goroutines.front().frames.empty();
    stuck.waiting =
        machine_.waiting(stuck.leak ? after_the_root(state) : state);
    if (stuck.waiting.empty() || may_be_notified_later(stuck)) return;
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

  // Runs of one schedule each: the first lets the newest goroutine go, the
  // others choose as seeded chance has it, so that nobody waits for ever.
  void walk() {
    std::mt19937 random(1);
    const std::size_t end = work() + bounds_.walk_work_max;
    for (std::size_t walk = 0; walk < bounds_.walks; ++walk)
      walk_once(
          [&](std::size_t count) {
            return walk == 0 ? count - 1 : random() % count;
          },
          random, end);
  }

  template <class Choose>
  void walk_once(const Choose& choose, std::mt19937& random, std::size_t end) {
    // Garbage is only a cost here, so it is collected now and then.
    constexpr std::size_t kCollectEvery = 32;
    std::vector<State> settled = machine_.settle(machine_.initial());
    Trace trace;
    std::size_t steps = bounds_.walk_steps_max;
    while (!settled.empty() && steps > 0 && work() < end) {
      State state = std::move(settled[random() % settled.size()]);
      if (state.ended) return;
      // A step looks at every goroutine.
      constexpr std::size_t kLook = 30;
      work_ += kLook * (state.goroutines.size() + 4);
      trace.insert(trace.end(), state.steps.begin(), state.steps.end());
      state.steps.clear();
      if (--steps % kCollectEvery == 0) canonicalise(state);
      const auto transitions = machine_.transitions(state);
      if (transitions.empty()) {
        judge_walk(state, trace);
        return;
      }
      machine_.apply(state, transitions[choose(transitions.size())]);
      settled = machine_.settle(std::move(state));
      finish_walk(trace);
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

  const Program& program_;
  const Root root_;
  const Bounds bounds_;
  Machine machine_;
  Outcomes outcomes_;
  std::vector<Node> nodes_;
  std::deque<Open> open_;
  std::unordered_map<std::string, std::uint32_t> seen_;
  Liveness liveness_;
  std::size_t bytes_ = 0;  // of seen_
  std::size_t work_ = 0;   // see work(), without what the machine did
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
  Explorer likely(program, root, bounds, Machine::kAssumptionsMax);
  Outcomes outcomes = likely.run();
  merge(coverage, likely.coverage());
  if (outcomes.complete || outcomes.bounded) return outcomes;
  // What is left goes to executions that assume more. They prove no deadlock:
  // too often such conditions depend on each other.
  Bounds rest = bounds;
  rest.walks = 0;
  rest.work_max -= std::min(rest.work_max, likely.work());
  Explorer further(program, root, rest, Machine::kAssumptionsMax + 1);
  Outcomes more = further.run();
  outcomes.states += more.states;
  for (Race& race : more.races)
    if (is_new(outcomes, race)) outcomes.races.push_back(std::move(race));
  return outcomes;
}

}  // namespace chansan::model
