// What the detector keeps for a goroutine that is alive.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>

#include "detector/src/race/cell.h"
#include "detector/src/race/clock.h"
#include "detector/src/race/context.h"
#include "detector/src/race/life.h"
#include "detector/src/race/pool.h"

namespace chansan::race {

/// The calls that a goroutine is in, outermost first. A call's context is
/// looked up only when something under it must be remembered.
class CallStack {
 public:
  CallStack() = default;
  CallStack(const CallStack&) = delete;
  CallStack& operator=(const CallStack&) = delete;
  ~CallStack() {
    if (bottom_ != first_.data()) delete[] bottom_;
  }

  /// Whether enter() will take memory.
  bool is_full() const { return top_ == limit_; }
  /// A function was called at `pc`; its own calls' frames lie below `stack`.
  void enter(std::uint64_t pc, std::uint64_t stack) {
    if (top_ == limit_) [[unlikely]] {
      return enter_anew(pc, stack);
    }
    *top_++ = {pc, 0, static_cast<std::uint32_t>(stack)};
  }
  void leave() {
    // A caller that is not instrumented may have entered before us.
    if (top_ != bottom_) [[likely]] {
      --top_;
    }
  }
  std::size_t depth() const { return static_cast<std::size_t>(top_ - bottom_); }
  /// Leaves the calls whose frames lie below `stack`: a long jump.
  void unwind(std::uint64_t stack) {
    while (top_ != bottom_ && below(top_[-1].stack, stack)) --top_;
  }
  /// The `stack` of the innermost call, as far as its low half tells, near
  /// `near`; 0 if there is none.
  std::uint64_t innermost_stack(std::uint64_t near) const {
    if (top_ == bottom_) return 0;
    const auto above = static_cast<std::int32_t>(
        top_[-1].stack - static_cast<std::uint32_t>(near));
    return near + static_cast<std::uint64_t>(std::int64_t{above});
  }
  /// Where the innermost calls were made, innermost first, as many as fit.
  /// *Returns* how many there are.
  std::size_t innermost_calls(std::span<std::uint64_t> pcs) const {
    const Frame* frame = top_;
    std::size_t count = 0;
    while (count < pcs.size() && frame != bottom_) pcs[count++] = (--frame)->pc;
    return count;
  }
  /// The context of the innermost call; `root` if there is none.
  ContextId context(ContextTree& tree, ContextId root) {
    if (top_ == bottom_) return root;
    const ContextId known = top_[-1].context;
    return known != 0 ? known : look_up(tree, root);
  }

 private:
  struct Frame {
    std::uint64_t pc;     // of the call
    ContextId context;    // 0: not looked up yet
    std::uint32_t stack;  // the low half: stacks are smaller than that
  };
  static bool below(std::uint32_t low_half, std::uint64_t stack) {
    return static_cast<std::int32_t>(low_half -
                                     static_cast<std::uint32_t>(stack)) < 0;
  }
  // Most goroutines that wait are in no more calls.
  static constexpr std::size_t kFirstFrames = 3;
  // There is no room for the call.
  void enter_anew(std::uint64_t pc, std::uint64_t stack);
  ContextId look_up(ContextTree& tree, ContextId root);

  std::array<Frame, kFirstFrames> first_;
  Frame* top_ = first_.data();
  Frame* bottom_ = top_;
  Frame* limit_ = top_ + kFirstFrames;
};

/// The parts of C++ fences that are still to take effect.
struct Fences {
  Clock released;  // by the last release fence: what relaxed stores publish
  Clock pending;   // read by relaxed loads: what an acquire fence takes
};

/// What other rules keep of a goroutine for as long as it lives.
struct Companion {
  Companion() = default;
  Companion(const Companion&) = delete;
  Companion& operator=(const Companion&) = delete;
  virtual ~Companion() = default;
};

struct Goroutine : public Pooled<Goroutine> {
  // A value that no word has: the first access goes the long way and takes a
  // chain.
  static constexpr std::uint64_t kNoKey = ~0ull & ~CellWord::kMaskBits;

  std::uint64_t read_key = kNoKey;  // manner kRead, chain, tick, no mask
  CallStack calls;
  Epoch now;         // chain kNoChain until something must be remembered
  Epoch last_known;  // some epoch that the clock covers; kNoChain: none
  Clock clock;       // without its own present tick
  LifeRef life;
  std::unique_ptr<Fences> fences;
  std::unique_ptr<Companion> companion;  // of the lock order; null: none
  int ignoring = 0;
  bool joinable = false;
  bool touched = false;  // something is remembered of the present tick
};

static_assert(sizeof(Goroutine) <= 224, "there may be a million");

}  // namespace chansan::race
