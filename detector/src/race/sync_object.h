// The clocks that synchronization objects carry, found by address.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <unordered_map>
#include <vector>

#include "detector/src/race/cell.h"
#include "detector/src/race/clock.h"
#include "detector/src/race/history.h"

namespace chansan::race {

/// What only a channel or a wait_group has.
struct ChannelClocks {
  std::vector<Clock> slots;  // who last passed through each
  Clock closed;              // what the close released
  History uses;  // sends against the close; first adds against the first wait
};

/// What releases of a semaphore gave and nobody has taken yet.
struct Permits {
  struct Given {
    std::uint64_t count;
    Clock released;
  };
  std::deque<Given> given;  // oldest first
  std::uint64_t count = 0;  // of all
};

struct SyncObject {
  Clock released;  // by unlock, release, a release store, done, f's end
  Clock readers;   // by unlock_shared, merged
  std::unique_ptr<ChannelClocks> channel;
  std::unique_ptr<Permits> permits;  // only a semaphore's

  ChannelClocks& as_channel() {
    if (channel == nullptr) channel = std::make_unique<ChannelClocks>();
    return *channel;
  }
};

/// The objects of one page, by address.
using SyncObjects = std::unordered_map<std::uint64_t, SyncObject>;

}  // namespace chansan::race
