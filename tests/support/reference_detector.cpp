#include "tests/support/reference_detector.h"

#include <algorithm>

namespace chansan::tests {

using csp::seam::Event;
using csp::seam::EventKind;
using csp::seam::MemoryOrder;

namespace {

bool acquires(MemoryOrder order) {
  return order != MemoryOrder::kRelaxed && order != MemoryOrder::kRelease;
}

bool releases(MemoryOrder order) {
  return order == MemoryOrder::kRelease || order == MemoryOrder::kAcqRel ||
         order == MemoryOrder::kSeqCst;
}

}  // namespace

void ReferenceDetector::join(FullClock& into, const FullClock& from) {
  for (const auto& [goroutine, time] : from) {
    into[goroutine] = std::max(into[goroutine], time);
  }
}

void ReferenceDetector::access(Spot spot, PastAccess access,
                               const FullClock& clock) {
  for (const PastAccess& before : past_[spot]) {
    const auto known = clock.find(before.goroutine);
    const bool ordered = known != clock.end() && known->second >= before.time;
    const bool conflict =
        (before.writes || access.writes) && !(before.atomic && access.atomic);
    if (conflict && !ordered) verdict_.try_emplace(spot, events_);
  }
  past_[spot].push_back(access);
}

void ReferenceDetector::access_bytes(const Event& event, bool writes,
                                     bool atomic) {
  const FullClock& clock = threads_[event.goroutine].clock;
  const PastAccess access{event.goroutine, clock.at(event.goroutine), writes,
                          atomic};
  for (std::uint64_t i = 0; i < event.size; ++i) {
    this->access({false, event.object + i}, access, clock);
  }
}

void ReferenceDetector::consume(const Event& event) {
  ++events_;
  ++threads_[event.goroutine].clock[event.goroutine];
  switch (event.kind) {
    case EventKind::kRead:
      return access_bytes(event, false, false);
    case EventKind::kWrite:
      return access_bytes(event, true, false);
    case EventKind::kFree:
      access_bytes(event, true, false);
      for (std::uint64_t i = 0; i < event.size; ++i) {
        atomics_.erase(event.object + i);
      }
      return;
    case EventKind::kAlloc:
      for (std::uint64_t i = 0; i < event.size; ++i) {
        past_.erase({false, event.object + i});
        atomics_.erase(event.object + i);
      }
      return;
    case EventKind::kAtomicLoad:
    case EventKind::kAtomicStore:
    case EventKind::kAtomicRmw:
    case EventKind::kAtomicFailed:
    case EventKind::kFence:
      return consume_atomic(event);
    case EventKind::kChanMake:
    case EventKind::kChanSendBegin:
    case EventKind::kChanSend:
    case EventKind::kChanRecv:
    case EventKind::kChanRendezvous:
    case EventKind::kChanClose:
    case EventKind::kChanRecvClosed:
    case EventKind::kChanTimerSend:
    case EventKind::kChanDestroy:
      return consume_channel(event);
    case EventKind::kPermitsGiven:
    case EventKind::kPermitsTaken:
      return consume_semaphore(event);
    default:
      return consume_other(event);
  }
}

void ReferenceDetector::consume_atomic(const Event& event) {
  Thread& thread = threads_[event.goroutine];
  if (event.kind == EventKind::kFence) {
    if (acquires(event.order)) join(thread.clock, thread.relaxed_loads);
    if (releases(event.order)) thread.release_fence = thread.clock;
    return;
  }
  const bool failed = event.kind == EventKind::kAtomicFailed;
  const MemoryOrder order = failed ? event.failure_order : event.order;
  const bool loads = event.kind != EventKind::kAtomicStore;
  const bool stores = event.kind == EventKind::kAtomicStore ||
                      event.kind == EventKind::kAtomicRmw;
  FullClock& value = atomics_[event.object];
  if (loads) join(acquires(order) ? thread.clock : thread.relaxed_loads, value);
  access_bytes(event, stores, true);
  if (!stores) return;
  const FullClock& published =
      releases(order) ? thread.clock : thread.release_fence;
  if (event.kind == EventKind::kAtomicRmw) {
    join(value, published);
  } else {
    value = published;
  }
}

void ReferenceDetector::consume_channel(const Event& event) {
  FullClock& clock = threads_[event.goroutine].clock;
  Channel& channel = channels_[event.object];
  const PastAccess use{event.goroutine, clock[event.goroutine],
                       event.kind == EventKind::kChanClose, false};
  switch (event.kind) {
    case EventKind::kChanMake:
      channel = Channel{event.size, {}, {}, {}};
      past_.erase({true, event.object});
      return;
    case EventKind::kChanSendBegin:
      return access({true, event.object}, use, clock);
    case EventKind::kChanSend: {
      // Send k comes after receive k - capacity.
      const std::size_t k = channel.sends.size();
      channel.sends.push_back(clock);
      if (k >= channel.capacity) {
        join(clock, channel.receives.at(k - channel.capacity));
      }
      return;
    }
    case EventKind::kChanRecv: {
      const std::size_t k = channel.receives.size();
      channel.receives.push_back(clock);
      return join(clock, channel.sends.at(k));
    }
    case EventKind::kChanTimerSend:
      channel.sends.push_back(
          objects_[static_cast<std::uint64_t>(event.value)]);
      return;
    case EventKind::kChanRendezvous: {
      FullClock& other = threads_[event.other].clock;
      ++other[event.other];
      const FullClock sent = clock;
      join(clock, other);
      return join(other, sent);
    }
    case EventKind::kChanClose:
      access({true, event.object}, use, clock);
      channel.close = clock;
      return;
    case EventKind::kChanRecvClosed:
      return join(clock, channel.close);
    default:
      return;
  }
}

// The permits are numbered from the first that was there at the start; the
// k-th one taken is the k-th one there ever was.
void ReferenceDetector::consume_semaphore(const Event& event) {
  FullClock& clock = threads_[event.goroutine].clock;
  Semaphore& semaphore = semaphores_[event.object];
  const auto count = static_cast<std::uint64_t>(event.value);
  if (event.kind == EventKind::kPermitsGiven) {
    semaphore.given.insert(semaphore.given.end(), count, clock);
    return;
  }
  const std::uint64_t at_start =
      event.size + semaphore.taken - semaphore.given.size();
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t k = semaphore.taken++;
    if (k >= at_start) join(clock, semaphore.given.at(k - at_start));
  }
}

void ReferenceDetector::consume_other(const Event& event) {
  FullClock& clock = threads_[event.goroutine].clock;
  const PastAccess use{event.goroutine, clock[event.goroutine],
                       event.kind == EventKind::kWgWaitBegin, false};
  Lock& lock = locks_[event.object];
  FullClock& object = objects_[event.object];
  switch (event.kind) {
    case EventKind::kGoCreate:
      join(threads_[event.other].clock, clock);
      return;
    case EventKind::kJoin:
      if ((event.flags & csp::seam::kDetached) == 0) {
        join(clock, threads_[event.other].clock);
      }
      return;
    case EventKind::kLock:
      join(clock, lock.unlock);
      return join(clock, lock.reader_unlocks);
    case EventKind::kRLock:
      return join(clock, lock.unlock);
    case EventKind::kUnlock:
      lock.unlock = clock;
      return;
    case EventKind::kRUnlock:
      return join(lock.reader_unlocks, clock);
    case EventKind::kWgAdd:
      if ((event.flags & csp::seam::kFromZero) != 0) {
        access({true, event.object}, use, clock);
      }
      if (event.value < 0) join(object, clock);
      return;
    case EventKind::kWgWaitBegin:
      if ((event.flags & csp::seam::kFirstWaiter) != 0) {
        access({true, event.object}, use, clock);
      }
      return;
    case EventKind::kOnceDone:
    case EventKind::kRelease:
      object = clock;
      return;
    case EventKind::kReleaseMerge:
      return join(object, clock);
    case EventKind::kWgWait:
    case EventKind::kOnceReturn:
    case EventKind::kAcquire:
      return join(clock, object);
    default:
      return;
  }
}

}  // namespace chansan::tests
