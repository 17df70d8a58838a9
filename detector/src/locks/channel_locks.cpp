#include "detector/src/locks/channel_locks.h"

#include <mutex>
#include <utility>

namespace chansan::locks {

using csp::seam::Event;
using csp::seam::EventKind;

ChannelLocks::Use ChannelLocks::note(const Event& event) {
  Shard& home = shard(event.object);
  const std::scoped_lock guard(home.lock);
  State& state = home.channels[csp::seam::object_name(event.object)];
  const std::uint64_t by_sending =
      channel_lock(event.object, ChannelLock::kBySending);
  const std::uint64_t by_receiving =
      channel_lock(event.object, ChannelLock::kByReceiving);
  const bool sends = event.kind == EventKind::kChanSend;
  bool& takes = sends ? state.by_sending : state.by_receiving;
  bool& gives = sends ? state.by_receiving : state.by_sending;
  const auto taker = std::exchange(sends ? state.receiver : state.sender, 0);
  (sends ? state.sender : state.receiver) = event.goroutine;
  // What is put in before anything else is what will be taken.
  const bool first = !std::exchange(state.used, true);
  Use use;
  if (takes) use.taken = sends ? by_sending : by_receiving;
  if (!gives || (first && sends)) return use;
  const std::uint64_t given = sends ? by_receiving : by_sending;
  gives = taker == event.goroutine;
  (gives ? use.given_back : use.refuted) = given;
  return use;
}

bool ChannelLocks::is_lock(std::uint64_t lock) {
  const std::uint64_t channel = channel_of(lock);
  Shard& home = shard(channel);
  const std::scoped_lock guard(home.lock);
  const auto known = home.channels.find(csp::seam::object_name(channel));
  if (known == home.channels.end()) return false;
  return lock == channel_lock(channel, ChannelLock::kBySending)
             ? known->second.by_sending
             : known->second.by_receiving;
}

void ChannelLocks::forget(std::uint64_t channel) {
  Shard& home = shard(channel);
  const std::scoped_lock guard(home.lock);
  home.channels.erase(csp::seam::object_name(channel));
}

}  // namespace chansan::locks
