// Which channels of capacity one are used as locks.
//
// Whoever sends into one takes it, and gives it back by receiving; or whoever
// receives what lies in it takes it, and gives it back by sending. Which of
// the two nobody says: both are taken for true until somebody gives back what
// he did not take. A channel that hands values over fails both at once.
//
// Lock order: a shard's lock, under which nothing else is taken.
#pragma once

#include <array>
#include <cstdint>
#include <unordered_map>

#include "detector/src/race/spin_lock.h"
#include "runtime/event.h"
#include "runtime/snapshot.h"

namespace chansan::locks {

/// The two ways; each is a lock of its own to the order of locks.
enum class ChannelLock : std::uint8_t { kBySending = 1, kByReceiving = 2 };

/// A name of its own: no address, which would look like a handle to those who
/// search for leaks. Channels and locks lie at multiples of four at least.
constexpr std::uint64_t channel_lock(std::uint64_t channel, ChannelLock way) {
  return (csp::seam::object_name(channel) & ~std::uint64_t{7}) |
         static_cast<std::uint64_t>(way);
}
constexpr bool is_channel_lock(std::uint64_t lock) { return (lock & 3) != 0; }
/// The channel's address.
constexpr std::uint64_t channel_of(std::uint64_t lock) {
  return csp::seam::address_of(lock | 7);
}

class ChannelLocks {
 public:
  /// Ids of locks; 0: none.
  struct Use {
    std::uint64_t taken = 0;
    std::uint64_t given_back = 0;
    std::uint64_t refuted = 0;  // it is no lock
  };

  /// `event` is a send or receive that flag kOneSlot marks.
  Use note(const csp::seam::Event& event);
  /// Whether nothing speaks against it.
  bool is_lock(std::uint64_t lock);
  void forget(std::uint64_t channel);

 private:
  struct State {
    csp::seam::GoroutineId sender = 0;    // of what lies in it; 0: nothing
    csp::seam::GoroutineId receiver = 0;  // last, and nothing was sent since
    bool used = false;
    bool by_sending = true;
    bool by_receiving = true;
  };
  struct Shard {
    race::SpinLock lock;
    std::unordered_map<std::uint64_t, State> channels;  // by object_name()
  };
  static constexpr std::size_t kShards = 64;
  Shard& shard(std::uint64_t channel) {
    constexpr int kAlignment = 6;
    return shards_[(channel ^ channel >> kAlignment) % kShards];
  }

  std::array<Shard, kShards> shards_;
};

}  // namespace chansan::locks
