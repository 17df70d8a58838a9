// What the lock order keeps of a goroutine that is alive.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "detector/src/race/cell.h"
#include "detector/src/race/clock.h"
#include "detector/src/race/goroutine.h"

namespace chansan::locks {

/// A lock that a goroutine has.
struct HeldLock {
  std::uint64_t lock = 0;
  race::ContextId taken_at = 0;
  bool shared = false;
};

struct Holder final : race::Companion {
  struct Taken : HeldLock {
    std::uint32_t times = 1;  // a recursive lock's
  };
  // So many different nested acquisitions between two releases are known at
  // a glance.
  static constexpr std::size_t kRecent = 16;

  std::vector<Taken> held;  // in the order of taking
  race::Clock clock;        // without its own present tick
  race::Epoch now;          // kNoChain until its first nested acquisition
  bool noted = false;       // an acquisition is remembered at `now`
  std::array<std::uint64_t, kRecent> recent{};
};

}  // namespace chansan::locks
