// What each synchronization event does to the clocks: one line per edge.
#include <algorithm>
#include <memory>
#include <utility>

#include "detector/src/race/detector.h"

namespace chansan::race {

using csp::seam::Event;
using csp::seam::EventKind;

namespace {

// Such a goroutine needs no chain yet, and may inherit one when it does.
bool only_acquires(EventKind kind) {
  return kind == EventKind::kChanRecvClosed || kind == EventKind::kLock ||
         kind == EventKind::kRLock || kind == EventKind::kWgWait ||
         kind == EventKind::kOnceReturn || kind == EventKind::kAcquire ||
         kind == EventKind::kPermitsTaken;
}

void give_permits(SyncObject& semaphore, std::uint64_t count, Clock released) {
  if (count == 0) return;
  if (semaphore.permits == nullptr) {
    semaphore.permits = std::make_unique<Permits>();
  }
  semaphore.permits->given.push_back({count, std::move(released)});
  semaphore.permits->count += count;
}

// Those that the semaphore was made with come from nobody and are taken first.
template <typename Learn>
void take_permits(Permits& permits, std::uint64_t taken, std::uint64_t before,
                  Learn learn) {
  const std::uint64_t initial =
      before > permits.count ? before - permits.count : 0;
  std::uint64_t left = taken > initial ? taken - initial : 0;
  while (left > 0 && !permits.given.empty()) {
    Permits::Given& oldest = permits.given.front();
    const std::uint64_t count = std::min(left, oldest.count);
    learn(oldest.released);
    left -= count;
    permits.count -= count;
    oldest.count -= count;
    if (oldest.count == 0) permits.given.pop_front();
  }
}

}  // namespace

void RaceDetector::consume_as(Goroutine& goroutine, const Event& event,
                              std::uint64_t pc) {
  if (event.kind == EventKind::kChanMake ||
      event.kind == EventKind::kChanDestroy ||
      event.kind == EventKind::kLockFree) {
    // A life begins or ends.
    return shadow_.clear_object(event.object);
  }
  PageNotes* notes = Shadow::has_place_for(event.object)
                         ? shadow_.notes(event.object)
                         : nullptr;
  if (notes == nullptr) return count_dropped();
  if (!only_acquires(event.kind)) ensure_chain(goroutine);
  PendingRaces races;
  {
    const std::scoped_lock guard(notes->lock);
    apply(goroutine, notes->sync[event.object], event, pc, races);
  }
  if (!races.empty()) report(goroutine, races);
}

void RaceDetector::apply(Goroutine& goroutine, SyncObject& object,
                         const Event& event, std::uint64_t pc,
                         PendingRaces& races) {
  const auto use = [&](Manner manner, Operation operation) {
    use_object(goroutine, object, event.object,
               {.pc = pc, .operation = operation}, manner, races);
  };
  const auto released = [&] {
    const Clock& clock = release(goroutine);
    // That a handle was given up is nothing that a reader could build on.
    const bool counts = event.kind == EventKind::kReleaseMerge &&
                        (event.flags & csp::seam::kOwnerCount) != 0;
    if (!counts) {
      note_release(goroutine, event.kind, event.object,
                   goroutine.calls.context(contexts_, 0), pc);
    }
    return clock.copy();
  };
  switch (event.kind) {
    case EventKind::kChanSendBegin:
      return use(Manner::kRead, Operation::kSend);
    case EventKind::kChanSend:
      if ((event.flags & csp::seam::kBegins) != 0) {
        use(Manner::kRead, Operation::kSend);
      }
      [[fallthrough]];
    case EventKind::kChanRecv: {
      // The slot is handed over: who passes next is ordered after us, and we
      // after who passed before, but not after all who ever did.
      std::vector<Clock>& slots = object.as_channel().slots;
      if (slots.size() <= event.index) slots.resize(event.index + 1);
      Clock& slot = slots[event.index];
      Clock mine = released();
      learn(goroutine, slot);
      slot = std::move(mine);
      return;
    }
    case EventKind::kChanClose:
      use(Manner::kWrite, Operation::kClose);
      object.as_channel().closed = released();
      return;
    case EventKind::kChanRecvClosed:
      return learn(goroutine, object.as_channel().closed);
    case EventKind::kLock:
      learn(goroutine, object.released);
      return learn(goroutine, object.readers);
    case EventKind::kUnlock:
    case EventKind::kOnceDone:
    case EventKind::kRelease:
      object.released = released();
      return;
    case EventKind::kRLock:
    case EventKind::kWgWait:
    case EventKind::kOnceReturn:
    case EventKind::kAcquire:
      return learn(goroutine, object.released);
    case EventKind::kRUnlock:
      return object.readers.join(released(), chains_.generation());
    case EventKind::kWgAdd:
      if ((event.flags & csp::seam::kFromZero) != 0 && event.value > 0) {
        use(Manner::kRead, Operation::kAdd);
      }
      if (event.value < 0) {
        object.released.join(released(), chains_.generation());
      }
      return;
    case EventKind::kWgWaitBegin:
      if ((event.flags & csp::seam::kFirstWaiter) == 0) return;
      return use(Manner::kWrite, Operation::kWait);
    case EventKind::kPermitsGiven:
      return give_permits(object, static_cast<std::uint64_t>(event.value),
                          released());
    case EventKind::kPermitsTaken:
      if (object.permits == nullptr) return;
      return take_permits(*object.permits,
                          static_cast<std::uint64_t>(event.value), event.size,
                          [&](const Clock& given) { learn(goroutine, given); });
    case EventKind::kReleaseMerge:
      return object.released.join(released(), chains_.generation());
    default:
      return;
  }
}

// A send against the close, a first add against the first wait: judged as
// accesses to one byte that is the object itself.
void RaceDetector::use_object(Goroutine& goroutine, SyncObject& object,
                              std::uint64_t address, const Site& site,
                              Manner manner, PendingRaces& races) {
  if (goroutine.now.chain == kNoChain) return;
  const Cell fresh{CellWord(goroutine.now, manner, 1),
                   context(goroutine, site)};
  Conflicts conflicts;
  goroutine.touched = true;
  Knowledge knows = knowledge(goroutine);
  object.as_channel().uses.access(fresh, knows, conflicts);
  if (conflicts.empty()) return;
  races_found_.fetch_add(1);
  races.push_back({address, true, fresh, conflicts});
}

void RaceDetector::rendezvous(Goroutine& sender, Goroutine& receiver,
                              const Event& event, std::uint64_t pc) {
  ensure_chain(sender);
  ensure_chain(receiver);
  if ((event.flags & csp::seam::kBegins) != 0) {
    Event begin{EventKind::kChanSendBegin};
    begin.object = event.object;
    consume_as(sender, begin, pc);
  }
  release(sender);
  release(receiver);
  note_release(sender, event.kind, event.object,
               sender.calls.context(contexts_, 0), pc);
  note_release(receiver, event.kind, event.object,
               receiver.calls.context(contexts_, 0));
  learn(receiver, sender.clock);
  sender.clock = receiver.clock.copy();
}

void RaceDetector::consume_timer_send(const Event& event) {
  const auto timer = static_cast<std::uint64_t>(event.value);
  if (!Shadow::has_place_for(timer) || !Shadow::has_place_for(event.object)) {
    return count_dropped();
  }
  Clock fired;
  if (PageNotes* notes = shadow_.find_notes(timer)) {
    const std::scoped_lock guard(notes->lock);
    if (const SyncObject* object = notes->sync.find(timer)) {
      fired = object->released.copy();
    }
  }
  PageNotes* notes = shadow_.notes(event.object);
  if (notes == nullptr) return count_dropped();
  const std::scoped_lock guard(notes->lock);
  std::vector<Clock>& slots = notes->sync[event.object].as_channel().slots;
  if (slots.size() <= event.index) slots.resize(event.index + 1);
  slots[event.index] = std::move(fired);
}

}  // namespace chansan::race
