#include "detector/src/locks/lock_order.h"

#include <algorithm>
#include <memory>
#include <mutex>
#include <utility>

namespace chansan::locks {

using csp::seam::Event;
using csp::seam::EventKind;
using csp::seam::GoroutineId;

namespace {

// The finalizer of MurmurHash3.
std::uint64_t mix(std::uint64_t seed, std::uint64_t value) {
  std::uint64_t bits = seed * 0x9e3779b97f4a7c15u + value;
  bits = (bits ^ bits >> 33) * 0xff51afd7ed558ccdu;
  bits = (bits ^ bits >> 33) * 0xc4ceb9fe1a85ec53u;
  return bits ^ bits >> 33;
}

bool is_shared(const Event& event) { return event.kind == EventKind::kRLock; }

// Equal for acquisitions that a report would tell in the same words.
std::uint64_t key_of(const Holder& holder, const Event& event,
                     race::ContextId context) {
  std::uint64_t key = mix(event.object, context);
  key = mix(key, is_shared(event) ? 1 : 0);
  for (const Holder::Taken& each : holder.held) {
    key = mix(mix(key, each.lock),
              std::uint64_t{each.taken_at} << 1 | (each.shared ? 1 : 0));
  }
  return key;
}

}  // namespace

Holder& LockOrder::holder(race::Goroutine& goroutine) {
  if (goroutine.companion == nullptr) {
    goroutine.companion = std::make_unique<Holder>();
  }
  return static_cast<Holder&>(*goroutine.companion);
}

void LockOrder::consume(const Event& event, std::uint64_t pc) {
  const bool ordered = has_nested_.load(std::memory_order_relaxed);
  switch (event.kind) {
    case EventKind::kGoCreate:
      if (ordered && event.goroutine != 0) {
        holder(event.other).clock =
            OrderClocks::release(holder(event.goroutine));
      }
      return;
    case EventKind::kGoEnd:
      if (ordered) end(event.goroutine);
      return;
    case EventKind::kJoin:
      if (!ordered) return;
      if ((event.flags & csp::seam::kDetached) != 0) {
        return clocks_.detach(event.other);
      }
      return clocks_.join(holder(event.goroutine), event.other);
    case EventKind::kChanRendezvous:
      if (!ordered) return;
      return OrderClocks::rendezvous(holder(event.goroutine),
                                     holder(event.other));
    case EventKind::kChanTimerSend:
      if (ordered) clocks_.timer_send(event);
      return;
    case EventKind::kAlloc:
    case EventKind::kFree:
      return forget(event.object, event.size);
    case EventKind::kGoStart:
    case EventKind::kRead:
    case EventKind::kWrite:
    case EventKind::kAtomicLoad:
    case EventKind::kAtomicStore:
    case EventKind::kAtomicRmw:
    case EventKind::kAtomicFailed:
    case EventKind::kFence:
      return;
    default:
      return consume_as(detector_.goroutine(event.goroutine), event, pc);
  }
}

void LockOrder::consume_as(race::Goroutine& goroutine, const Event& event,
                           std::uint64_t pc) {
  switch (event.kind) {
    case EventKind::kLock:
    case EventKind::kRLock:
      return acquired(goroutine, event, pc);
    case EventKind::kUnlock:
    case EventKind::kRUnlock:
      return released(goroutine, event);
    case EventKind::kChanSend:
    case EventKind::kChanRecv:
      if ((event.flags & csp::seam::kOneSlot) == 0) break;
      return pass(goroutine, event, pc);
    case EventKind::kChanMake:
    case EventKind::kChanDestroy:
      forget_channel(event.object);
      break;
    default:
      break;
  }
  if (!has_nested_.load(std::memory_order_relaxed)) return;
  switch (event.kind) {
    case EventKind::kLockFree:
      forget_slow(event.object, 1);
      return clocks_.forget(event.object);
    case EventKind::kChanMake:
    case EventKind::kChanDestroy:
      return clocks_.forget(event.object);
    case EventKind::kChanSendBegin:
    case EventKind::kWgWaitBegin:
      return;
    default:
      return clocks_.apply(holder(goroutine), event);
  }
}

void LockOrder::acquired(race::Goroutine& goroutine, const Event& event,
                         std::uint64_t pc) {
  Holder& mine = holder(goroutine);
  if (has_strayed_.load(std::memory_order_relaxed)) drop_strayed(mine);
  drop_refuted(mine);
  for (Holder::Taken& each : mine.held) {
    if (each.lock != event.object) continue;
    ++each.times;
    return;
  }
  const race::ContextId context = detector_.place(goroutine, pc);
  // Who only tries does not wait.
  if (!mine.held.empty() && (event.flags & csp::seam::kTried) == 0) {
    nested(goroutine, event, context);
  }
  Holder::Taken taken;
  taken.lock = event.object;
  taken.taken_at = context;
  taken.shared = is_shared(event);
  mine.held.push_back(taken);
}

// A value passes through a channel of one slot.
void LockOrder::pass(race::Goroutine& goroutine, const Event& event,
                     std::uint64_t pc) {
  Holder& mine = holder(goroutine);
  const ChannelLocks::Use use = channel_locks_.note(event);
  if (use.given_back != 0) {
    std::erase_if(mine.held, [&](const Holder::Taken& each) {
      return each.lock == use.given_back;
    });
  }
  if (has_nested_.load(std::memory_order_relaxed)) {
    if (use.refuted != 0 && may_have_lock(use.refuted, 1)) {
      const std::scoped_lock guard(lock_);
      acquisitions_.refute(use.refuted);
    }
    if (use.given_back != 0) {
      clocks_.give_back(event.object);
    } else {
      clocks_.apply(mine, event);
    }
  }
  if (use.taken == 0) return;
  Event taken = event;
  taken.kind = EventKind::kLock;
  taken.flags &= csp::seam::kTried;
  taken.object = use.taken;
  acquired(goroutine, taken, pc);
}

// Channels that were taken for locks and are none, and of what is left all but
// the latest: a goroutine may receive from any number and give none back.
void LockOrder::drop_refuted(Holder& holder) {
  constexpr std::size_t kChannelsMax = 8;
  std::size_t channels = 0;
  for (std::size_t i = holder.held.size(); i > 0; --i) {
    const std::uint64_t lock = holder.held[i - 1].lock;
    if (!is_channel_lock(lock)) continue;
    if (channels < kChannelsMax && channel_locks_.is_lock(lock)) {
      ++channels;
    } else {
      holder.held.erase(holder.held.begin() +
                        static_cast<std::ptrdiff_t>(i - 1));
    }
  }
}

void LockOrder::forget_channel(std::uint64_t channel) {
  if (has_pending_.load(std::memory_order_relaxed)) settle(channel);
  channel_locks_.forget(channel);
  forget(channel_lock(channel, ChannelLock::kBySending), 1);
  forget(channel_lock(channel, ChannelLock::kByReceiving), 1);
}

void LockOrder::finish() { settle(0); }

// What a channel was until its end it was in all of the run: cycles through
// `channel`, 0: through any, are told if nothing spoke against it.
void LockOrder::settle(std::uint64_t channel) {
  std::vector<Cycle> sure;
  {
    const std::scoped_lock guard(lock_);
    std::erase_if(pending_, [&](Pending& each) {
      bool refuted = false;
      std::erase_if(each.open, [&](std::uint64_t lock) {
        if (channel != 0 && channel_of(lock) != channel) return false;
        refuted |= !channel_locks_.is_lock(lock);
        return true;
      });
      const bool settled = refuted || each.open.empty();
      if (settled && !refuted) sure.push_back(std::move(each.cycle));
      return settled;
    });
  }
  for (const Cycle& cycle : sure) listener_.on_cycle(cycle);
}

void LockOrder::released(race::Goroutine& goroutine, const Event& event) {
  Holder& mine = holder(goroutine);
  for (auto each = mine.held.rbegin(); each != mine.held.rend(); ++each) {
    if (each->lock != event.object) continue;
    if (--each->times == 0) mine.held.erase(std::next(each).base());
    return;
  }
  const std::scoped_lock guard(lock_);
  strayed_.insert(event.object);
  has_strayed_.store(true, std::memory_order_relaxed);
  if (acquisitions_.forget(event.object, 1)) ++generation_;
}

void LockOrder::drop_strayed(Holder& holder) {
  const std::scoped_lock guard(lock_);
  std::erase_if(holder.held, [&](const Holder::Taken& each) {
    return strayed_.contains(each.lock);
  });
}

void LockOrder::nested(race::Goroutine& goroutine, const Event& event,
                       race::ContextId context) {
  Holder& mine = holder(goroutine);
  const std::uint64_t key = key_of(mine, event, context);
  const std::uint64_t here = mix(mix(key, mine.now.tick),
                                 generation_.load(std::memory_order_relaxed)) |
                             1;
  std::uint64_t& recent = mine.recent[here / 2 % Holder::kRecent];
  if (recent == here && mine.noted) return;
  has_nested_.store(true, std::memory_order_relaxed);
  clocks_.begin(mine);
  mine.noted = true;
  Acquisition fresh;
  fresh.life = goroutine.life;
  fresh.lock = event.object;
  fresh.context = context;
  fresh.shared = is_shared(event);
  fresh.passes = (event.flags & csp::seam::kPassesWriters) != 0;
  fresh.held.assign(mine.held.begin(), mine.held.end());
  fresh.epoch = mine.now;
  fresh.clock = mine.clock.copy();
  std::vector<Cycle> cycles;
  {
    const std::scoped_lock guard(lock_);
    if (!strayed_.contains(event.object)) {
      note_page(event.object);
      for (const HeldLock& each : fresh.held) note_page(each.lock);
      cycles = acquisitions_.add(std::move(fresh), key);
    }
  }
  recent = here;
  for (Cycle& cycle : cycles) tell_or_wait(std::move(cycle));
}

void LockOrder::tell_or_wait(Cycle cycle) {
  Pending pending;
  for (const Acquisition& each : cycle) {
    if (is_channel_lock(each.lock)) pending.open.push_back(each.lock);
  }
  if (pending.open.empty()) return listener_.on_cycle(cycle);
  pending.cycle = std::move(cycle);
  const std::scoped_lock guard(lock_);
  pending_.push_back(std::move(pending));
  has_pending_.store(true, std::memory_order_relaxed);
}

void LockOrder::end(GoroutineId id) {
  race::Goroutine& goroutine = detector_.goroutine(id);
  if (goroutine.companion == nullptr) return;
  clocks_.end(holder(goroutine), id, goroutine.joinable);
}

void LockOrder::note_page(std::uint64_t address) {
  pages_[address / kPageBytes % kPages].store(true, std::memory_order_relaxed);
}

bool LockOrder::may_have_lock(std::uint64_t address, std::uint64_t size) const {
  constexpr std::uint64_t kLookedAt = 64;
  const std::uint64_t first = address / kPageBytes;
  const std::uint64_t last = (address + size - 1) / kPageBytes;
  if (last - first >= kLookedAt) return true;
  for (std::uint64_t page = first; page <= last; ++page) {
    if (pages_[page % kPages].load(std::memory_order_relaxed)) return true;
  }
  return false;
}

void LockOrder::forget_slow(std::uint64_t address, std::uint64_t size) {
  if (size == 0 || !may_have_lock(address, size)) return;
  const std::scoped_lock guard(lock_);
  if (acquisitions_.forget(address, size)) ++generation_;
}

std::uint64_t LockOrder::lost() const {
  const std::scoped_lock guard(lock_);
  return acquisitions_.lost();
}

}  // namespace chansan::locks
