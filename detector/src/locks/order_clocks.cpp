#include "detector/src/locks/order_clocks.h"

#include <algorithm>
#include <mutex>
#include <utility>

#include "runtime/snapshot.h"

namespace chansan::locks {

using csp::seam::Event;
using csp::seam::EventKind;
using csp::seam::GoroutineId;
using race::Clock;

// A goroutine goes on with the component of an ended one that is ordered
// before it, so that components are as many as goroutines side by side.
void OrderClocks::begin(Holder& holder) {
  if (holder.now.chain != race::kNoChain) return;
  constexpr std::size_t kProbes = 4;
  const std::scoped_lock guard(chains_lock_);
  const std::size_t probes = std::min(kProbes, free_.size());
  for (auto place = free_.rbegin(); place != free_.rbegin() + probes; ++place) {
    if (!holder.clock.covers(*place)) continue;
    holder.now = {place->chain, place->tick + 1};
    free_.erase(std::next(place).base());
    return;
  }
  holder.now = {chains_++, 1};
}

void OrderClocks::end(Holder& holder, GoroutineId id, bool joinable) {
  if (joinable) {
    Clock last = release(holder);
    if (!last.empty()) {
      Shard& home = shard(id);
      const std::scoped_lock guard(home.lock);
      home.ended[id] = std::move(last);
    }
  }
  if (holder.now.chain == race::kNoChain) return;
  // What it released last covers it all if nothing was noted afterwards.
  race::Epoch last = holder.now;
  if (!holder.noted) --last.tick;
  const std::scoped_lock guard(chains_lock_);
  free_.push_back(last);
}

void OrderClocks::join(Holder& holder, GoroutineId id) {
  Shard& home = shard(id);
  const std::scoped_lock guard(home.lock);
  const auto place = home.ended.find(id);
  if (place == home.ended.end()) return;
  holder.clock.join(place->second);
  home.ended.erase(place);
}

void OrderClocks::detach(GoroutineId id) {
  Shard& home = shard(id);
  const std::scoped_lock guard(home.lock);
  home.ended.erase(id);
}

Clock OrderClocks::release(Holder& holder) {
  Clock released = holder.clock.copy();
  if (holder.now.chain == race::kNoChain) return released;
  released.raise(holder.now.chain, holder.now.tick);
  if (holder.noted) {
    ++holder.now.tick;
    holder.noted = false;
  }
  return released;
}

Clock& OrderClocks::slot(Object& object, std::uint32_t index) {
  if (object.slots.size() <= index) object.slots.resize(index + 1);
  return object.slots[index];
}

void OrderClocks::apply(Holder& holder, const Event& event) {
  const std::uint64_t name = csp::seam::object_name(event.object);
  Shard& home = shard(name);
  const std::scoped_lock guard(home.lock);
  const auto object = [&]() -> Object& { return home.objects[name]; };
  const auto acquire = [&](Clock Object::* clock) {
    const auto known = home.objects.find(name);
    if (known != home.objects.end()) holder.clock.join(known->second.*clock);
  };
  switch (event.kind) {
    case EventKind::kChanSend:
    case EventKind::kChanRecv: {
      Clock& place = slot(object(), event.index);
      Clock before = std::exchange(place, release(holder));
      holder.clock.join(before);
      if ((event.flags & csp::seam::kOneSlot) != 0) {
        object().before = std::move(before);
      }
      return;
    }
    case EventKind::kChanClose:
      object().closed = release(holder);
      return;
    case EventKind::kChanRecvClosed:
      return acquire(&Object::closed);
    case EventKind::kOnceDone:
    case EventKind::kRelease:
      object().released = release(holder);
      return;
    case EventKind::kWgAdd:
      if (event.value < 0) object().released.join(release(holder));
      return;
    case EventKind::kPermitsGiven:  // one order too many forgives a cycle
    case EventKind::kReleaseMerge:
      return object().released.join(release(holder));
    case EventKind::kWgWait:
    case EventKind::kOnceReturn:
    case EventKind::kPermitsTaken:
    case EventKind::kAcquire:
      return acquire(&Object::released);
    default:
      return;
  }
}

void OrderClocks::give_back(std::uint64_t channel) {
  const std::uint64_t name = csp::seam::object_name(channel);
  Shard& home = shard(name);
  const std::scoped_lock guard(home.lock);
  const auto known = home.objects.find(name);
  if (known == home.objects.end()) return;
  slot(known->second, 0) = std::move(known->second.before);
  known->second.before = {};
}

void OrderClocks::rendezvous(Holder& sender, Holder& receiver) {
  const Clock sent = release(sender);
  const Clock received = release(receiver);
  sender.clock.join(received);
  receiver.clock.join(sent);
}

void OrderClocks::timer_send(const Event& event) {
  const std::uint64_t timer =
      csp::seam::object_name(static_cast<std::uint64_t>(event.value));
  Clock fired;
  {
    Shard& home = shard(timer);
    const std::scoped_lock guard(home.lock);
    const auto known = home.objects.find(timer);
    if (known != home.objects.end()) fired = known->second.released.copy();
  }
  const std::uint64_t name = csp::seam::object_name(event.object);
  Shard& home = shard(name);
  const std::scoped_lock guard(home.lock);
  slot(home.objects[name], event.index) = std::move(fired);
}

void OrderClocks::forget(std::uint64_t object) {
  const std::uint64_t name = csp::seam::object_name(object);
  Shard& home = shard(name);
  const std::scoped_lock guard(home.lock);
  home.objects.erase(name);
}

}  // namespace chansan::locks
