// The steps of one goroutine between visible operations.
#pragma once

#include "tool/check/model/history.h"
#include "tool/check/model/machine.h"

namespace chansan::model {

class Local {
 public:
  Local(Machine& machine, State& state, std::uint32_t position);

  enum class Turn : std::uint8_t {
    kOn,    // done; go on
    kFork,  // a branch can go either way: take_side() on a copy for each
    kDrop,  // this execution is not followed any further
  };

  /// Requires: the goroutine stands at an instruction that is not visible.
  Turn step();

  /// Goes one way at an undecided branch. Returns false if that way cannot be.
  bool take_side(bool outcome);

 private:
  friend class Visible;

  Goroutine& self();
  Frame& frame();
  Value get(Register reg);
  void set(Register reg, const Value& value);
  void jump(std::int64_t target);
  Turn branch(const Instruction& instruction);
  bool count_assumption(const Value& condition);
  bool likely_only() const;
  bool is_free(const Value& condition);
  bool is_doubtful(const Value& condition);

  // Each returns false if the instruction is not of its kind.
  bool compute(const Instruction& instruction);
  bool memory(const Instruction& instruction);
  bool enable_others(const Instruction& instruction);
  bool release(const Instruction& instruction, Object& object);
  bool share_no_more(const Instruction& instruction, Object& object);

  void copy(const Instruction& instruction);
  void make_context(const Instruction& instruction);
  void disarm(const Instruction& instruction);

  // meetings.cpp
  void become(const Instruction& instruction);
  bool meet(const Instruction& instruction, Object& object);
  void arrive(const Instruction& instruction, Object& object);

  // containers.cpp
  bool container(const Instruction& instruction);
  Segment* elements(const Value& container, bool grows);
  void give_up(const Value& container);
  void push(const Instruction& instruction);
  void add_elements(const Value& container, std::int64_t count,
                    LayoutId layout);
  void find(const Instruction& instruction);
  void drop(const Instruction& instruction);

  void make_channel(const Instruction& instruction);
  void access(const Value& address, AccessKind kind, SiteId site);
  void report_race(const Value& address, const Access& other, bool write,
                   SiteId site);
  void report(Misuse::Kind kind, const Object& object, SiteId site);
  std::vector<SiteId> escape_value(const Value& value);
  void escape_given(const Value& value);
  void taint();

  // What a call calls, and the captures of a function object.
  struct Callee {
    FunctionId id = kNoFunction;
    std::optional<Value> self;
  };
  Callee callee_of(const Instruction& instruction);
  Frame bind(const Callee& callee, const std::vector<Argument>& arguments);
  // The variable that lies at `address`, and whether it is global.
  std::pair<const Variable*, bool> variable_at(const Value& address) const;
  const std::vector<Instruction>& current_code();
  Value fresh_copy(const Value& from, std::uint32_t cells);
  void call(const Instruction& instruction);
  bool recurs_alone(FunctionId id);
  void opaque(const Instruction& instruction, bool may_synchronize);
  void finish(const Instruction& instruction);
  void hand_out(const Value& value, std::int64_t cells);
  void spawn(const Instruction& instruction);
  void start(const Instruction& instruction, const Callee& callee,
             const Object& thread);

  Machine& machine_;
  const Program& program_;
  State& state_;
  const std::uint32_t position_;
};

}  // namespace chansan::model
