// Operations whose order against other goroutines matters: when they can
// happen, and what they do.
#pragma once

#include "tool/check/model/local.h"

namespace chansan::model {

/// One channel operation that a goroutine stands at: a plain one, or one case
/// of a select.
struct ChannelOffer {
  std::uint32_t actor = 0;
  std::int32_t select_case = -1;
  bool send = false;
  bool nil = false;
  bool unknown = false;  // the channel is not known, or known elsewhere too
  bool known = false;    // `channel` is set
  std::uint32_t channel = 0;  // object
};

/// The channel operations that the goroutine at `actor` offers.
std::vector<ChannelOffer> offers_of(const Program& program, const State& state,
                                    std::uint32_t actor);

/// What the goroutine's innermost call has in `reg`.
Value value_of(const Goroutine& goroutine, Register reg);

/// Whether the offer can be taken without a partner.
bool alone(const State& state, const ChannelOffer& offer);

/// Whether the goroutine's operation, not a channel's or a select, can happen.
bool enabled(const Program& program, const State& state, std::uint32_t actor);

/// Whether a writer can join the queue of a lock that others read: from then
/// on it keeps new readers out.
bool may_queue(const Program& program, const State& state, std::uint32_t actor);

class Visible {
 public:
  Visible(Machine& machine, State& state)
      : machine_(machine), program_(machine.program_), state_(state) {}

  void apply(const Transition& transition);

 private:
  void rendezvous(const Transition& transition);
  void channel(const Transition& transition, const ChannelOffer& offer);
  void send(const ChannelOffer& offer, const Instruction& instruction);
  void receive(const ChannelOffer& offer, const Instruction& instruction);
  void close(std::uint32_t actor, const Instruction& instruction);
  void simple(std::uint32_t actor, const Instruction& instruction);
  void lock(std::uint32_t actor, const Instruction& instruction,
            Object& object);
  void atomic(Local& local, const Instruction& instruction, Object& object);
  void atomic_cell(Local& local, const Instruction& instruction);
  void note_late_add(std::uint32_t actor, const Instruction& instruction,
                     const Object& object, const Value& delta);
  bool join(Local& local, Object& object);
  void condition(std::uint32_t actor, const Instruction& instruction,
                 Object& object);
  void cancel(std::uint32_t actor, std::uint32_t context, SiteId site);

  // Sets a select's index and what its receive case gives, and goes on.
  void finish_offer(const ChannelOffer& offer, const Instruction& instruction,
                    bool has, const Value& value);
  void tell(std::uint32_t actor, SiteId site, std::string text);
  void abandon(std::uint32_t actor);
  Value sent_value(const ChannelOffer& offer, const Instruction& instruction);
  void note_range(const ChannelOffer& offer, const Instruction& instruction);

  Machine& machine_;
  const Program& program_;
  State& state_;
};

}  // namespace chansan::model
