// What the detector keeps for a goroutine that is alive.
#pragma once

#include <cstdint>
#include <memory>

#include "detector/src/race/cell.h"
#include "detector/src/race/clock.h"
#include "detector/src/race/context.h"
#include "detector/src/race/life.h"

namespace chansan::race {

/// The calls that a goroutine is in, outermost first. A call's context is
/// looked up only when something under it must be remembered.
class CallStack {
 public:
  CallStack() = default;
  CallStack(const CallStack&) = delete;
  CallStack& operator=(const CallStack&) = delete;
  ~CallStack() { delete[] bottom_; }

  void enter(std::uint64_t pc) {
    if (top_ == limit_) [[unlikely]] {
      grow();
    }
    *top_++ = {pc, 0};
  }
  void leave() {
    // A caller that is not instrumented may have entered before us.
    if (top_ != bottom_) [[likely]] {
      --top_;
    }
  }
  std::size_t depth() const { return static_cast<std::size_t>(top_ - bottom_); }
  /// Leaves calls until `depth` are left: a long jump.
  void unwind(std::size_t depth) {
    if (depth < this->depth()) top_ = bottom_ + depth;
  }
  /// The context of the innermost call; `root` if there is none.
  ContextId context(ContextTree& tree, ContextId root);

 private:
  struct Frame {
    std::uint64_t pc;   // of the call
    ContextId context;  // 0: not looked up yet
  };
  static constexpr std::size_t kFirstFrames = 8;
  void grow();

  Frame* top_ = nullptr;
  Frame* bottom_ = nullptr;
  Frame* limit_ = nullptr;
};

/// The parts of C++ fences that are still to take effect.
struct Fences {
  Clock released;  // by the last release fence: what relaxed stores publish
  Clock pending;   // read by relaxed loads: what an acquire fence takes
};

struct Goroutine {
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
  int ignoring = 0;
  bool joinable = false;
  bool touched = false;  // something is remembered of the present tick
};

}  // namespace chansan::race
