// The meaning of the model's instructions: how a state goes on.
//
// A goroutine runs alone up to its next visible operation, one whose order
// against other goroutines matters. What lies between commutes with all that
// others do (an unlock or a done only ever enables others), so one order of it
// stands for all: stuck states and unordered accesses are the same as in every
// interleaving. The tests compare this with a plain explorer.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tool/check/model/outcome.h"
#include "tool/check/model/state.h"

namespace chansan::model {

/// One thing that can happen next.
struct Transition {
  std::uint32_t actor = 0;                // position in State::goroutines
  std::int32_t select_case = -1;          // of a select; -1: a plain operation
  std::optional<std::uint32_t> receiver;  // of an unbuffered channel
  std::int32_t receiver_case = -1;
};

/// What the machine notices on its way.
struct Notes {
  std::vector<Race> races;      // without their traces
  std::vector<Misuse> misuses;  // without their traces
};

/// Facts about all executions together.
struct Coverage {
  // A range, and where its channel is made: the channel's name.
  std::map<std::pair<SiteId, SiteId>, std::string> ranges;
  std::set<SiteId> closed;   // where channels that were closed were made
  std::set<SiteId> escaped;  // where channels that escaped were made
  std::set<SiteId> closes;   // close operations that were executed
  std::set<SiteId> handed;   // where locks were made that another unlocked
};

class Machine {
 public:
  /// Unknown conditions that an execution may decide before it counts as
  /// unlikely, proves no deadlock any more, and is left at `assumptions_max`.
  static constexpr int kAssumptionsMax = 1;
  static constexpr std::size_t kGoroutinesMax = 256;

  Machine(const Program& program, const Root& root, int assumptions_max)
      : program_(program), root_(root), assumptions_max_(assumptions_max) {}

  State initial();

  /// Runs every goroutine up to its next visible operation. Unknown
  /// conditions give several states.
  std::vector<State> settle(State state);

  std::vector<Transition> transitions(const State& state) const;

  /// Requires: `transition` is one of transitions(state). The result still has
  /// to settle.
  void apply(State& state, const Transition& transition);

  /// Notes goroutines that stand where they can never go on: at a nil channel,
  /// at a lock that they hold themselves.
  void inspect(const State& state);

  /// What each goroutine that has not ended waits for; nothing if the state
  /// proves nothing, because code that is not seen may help.
  std::vector<Waiting> waiting(const State& state) const;

  /// What the goroutine at `position`, which has not ended and cannot move,
  /// waits for; nothing if code that is not seen may help it.
  std::optional<Waiting> waiting_at(const State& state,
                                    std::uint32_t position) const;

  Notes take_notes() { return std::exchange(notes_, {}); }
  const Coverage& coverage() const { return coverage_; }
  bool complete() const { return complete_; }
  /// Instructions that settle() has run: most of what it costs.
  std::size_t steps() const { return steps_; }

  /// Whether an execution was left unexplored since forget_drops().
  bool dropped() const { return dropped_; }
  void forget_drops() { dropped_ = false; }

 private:
  friend class Local;
  friend class Visible;

  const Program& program_;
  const Root root_;
  const int assumptions_max_;
  Notes notes_;
  Coverage coverage_;
  void drop() {
    complete_ = false;
    dropped_ = true;
  }

  std::size_t steps_ = 0;
  bool dropped_ = false;
  bool complete_ = true;  // false: some execution was left unexplored
};

/// Whether `instruction` is a visible operation.
bool is_visible(const Instruction& instruction);

/// The instruction that a goroutine stands at; null if it has ended.
const Instruction* current(const Program& program, const Goroutine& goroutine);

}  // namespace chansan::model
