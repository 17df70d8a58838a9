// Release and acquire, and the C++ memory orders.
#include <algorithm>
#include <utility>

#include "detector/src/race/detector.h"

namespace chansan::race {

using csp::seam::Event;
using csp::seam::EventKind;
using csp::seam::MemoryOrder;

namespace {

bool acquires(MemoryOrder order) {
  return order == MemoryOrder::kConsume || order == MemoryOrder::kAcquire ||
         order == MemoryOrder::kAcqRel || order == MemoryOrder::kSeqCst;
}

bool releases(MemoryOrder order) {
  return order == MemoryOrder::kRelease || order == MemoryOrder::kAcqRel ||
         order == MemoryOrder::kSeqCst;
}

}  // namespace

// *Returns* all that has happened before the goroutine's present, its own part
// included; what it does from now on is not in it. Requires: ensure_chain() was
// called before the lock of an object was taken.
const Clock& RaceDetector::release(Goroutine& goroutine) {
  const Epoch now = goroutine.now;
  if (now.chain == kNoChain) return goroutine.clock;
  goroutine.clock.release(now, chains_.generation());
  // A chain whose ticks are used up is left; the clock knows all of it.
  if (now.tick == kTickMax) {
    goroutine.now = Epoch();
    goroutine.read_key = Goroutine::kNoKey;
  } else {
    set_now(goroutine, {now.chain, now.tick + 1});
  }
  goroutine.touched = false;
  return goroutine.clock;
}

// At `pc` called from `context`, or if that is 0 at `context`. Requires: the
// release has been made already.
void RaceDetector::note_release(Goroutine& goroutine, EventKind kind,
                                std::uint64_t object, ContextId context,
                                std::uint64_t pc) {
  const Epoch now = goroutine.now;
  goroutine.life->set_last_release(
      {kind, context, now.chain == kNoChain ? kTickMax : now.tick - 1, object,
       pc});
}

Fences& RaceDetector::fences(Goroutine& goroutine) {
  if (goroutine.fences == nullptr) {
    goroutine.fences = std::make_unique<Fences>();
  }
  return *goroutine.fences;
}

void RaceDetector::load_clock(Goroutine& goroutine, const Clock& released,
                              MemoryOrder order) {
  if (acquires(order)) {
    learn(goroutine, released);
  } else if (!released.empty()) {
    fences(goroutine).pending.join(released, chains_.generation());
  }
}

// The clock of the value that is stored: what its readers may acquire. A store
// begins anew; a read-modify-write continues the release sequences that the
// value before it belongs to.
void RaceDetector::store_clock(Goroutine& goroutine, PageNotes& notes,
                               std::uint64_t address, MemoryOrder order,
                               AtomicKind kind) {
  Clock published;
  if (releases(order)) {
    published = release(goroutine).copy();
  } else if (goroutine.fences != nullptr) {
    published = goroutine.fences->released;
  }
  SyncObject* const object = notes.sync.find(address);
  if (object == nullptr) {
    if (!published.empty()) notes.sync[address].released = std::move(published);
  } else if (kind == AtomicKind::kRmw &&
             !(acquires(order) && releases(order))) {
    // Who acquires it first has joined it already.
    object->released.join(published, chains_.generation());
  } else {
    object->released = std::move(published);
  }
}

void RaceDetector::atomic_clocks(Goroutine& goroutine, std::uint64_t address,
                                 std::uint64_t size, PageNotes& notes,
                                 AtomicKind kind, MemoryOrder order,
                                 ContextId context, PendingRaces& races) {
  if (kind != AtomicKind::kStore) {
    if (const SyncObject* object = notes.sync.find(address)) {
      load_clock(goroutine, object->released, order);
    }
  }
  // Between what it acquires and what it releases: what the value's writer
  // published is ordered before this access, not only after it.
  const Manner manner =
      kind == AtomicKind::kLoad ? Manner::kAtomicRead : Manner::kAtomicWrite;
  const std::uint64_t end = address + size;
  for (std::uint64_t at = address; at < end;) {
    const std::uint64_t next =
        std::min(end, (at & ~(kLineBytes - 1)) + kLineBytes);
    if (goroutine.ignoring == 0 && goroutine.now.chain != kNoChain &&
        !is_line_repeated(goroutine, at, next, manner)) {
      access_line(goroutine, at, next, manner, context, races);
    }
    at = next;
  }
  if (kind == AtomicKind::kLoad) return;
  store_clock(goroutine, notes, address, order, kind);
  if (releases(order)) {
    note_release(goroutine, EventKind::kAtomicStore, address, context);
  }
}

void RaceDetector::fence(Goroutine& goroutine, MemoryOrder order) {
  ensure_chain(goroutine);
  if (acquires(order) && goroutine.fences != nullptr) {
    learn(goroutine, goroutine.fences->pending);
    goroutine.fences->pending.clear();
  }
  if (!releases(order)) return;
  fences(goroutine).released = release(goroutine).copy();
}

void RaceDetector::consume_atomic(const Event& event) {
  Goroutine& acting = goroutine(event.goroutine);
  if (event.kind == EventKind::kFence) return fence(acting, event.order);
  const Site site{.pc = event.pc,
                  .size = static_cast<std::uint8_t>(event.size)};
  AtomicKind kind = AtomicKind::kRmw;
  if (event.kind == EventKind::kAtomicLoad) kind = AtomicKind::kLoad;
  if (event.kind == EventKind::kAtomicStore) kind = AtomicKind::kStore;
  const bool wrote = event.kind != EventKind::kAtomicFailed;
  atomic(acting, event.object, site, kind, event.order, event.failure_order,
         [wrote] { return wrote; });
}

}  // namespace chansan::race
