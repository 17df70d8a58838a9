// The live half of atomics: the value and the clock move as one.
//
// Included at the end of detector.h.
#pragma once

#include "detector/src/race/detector.h"

namespace chansan::race {

template <typename Operate>
void RaceDetector::atomic(Goroutine& goroutine, std::uint64_t address,
                          const Site& site, AtomicKind kind,
                          csp::seam::MemoryOrder order,
                          csp::seam::MemoryOrder failure_order,
                          Operate operate) {
  if (!Shadow::has_place_for(address)) {
    operate();
    count_dropped();
    return;
  }
  if (kind == AtomicKind::kLoad && shadow_.find_notes(address) == nullptr) {
    operate();
    // Who published a value made the notes before it stored the value: none
    // after our load, then nothing that we read was published.
    if (shadow_.find_notes(address) == nullptr) {
      access(goroutine, address, site.size, Manner::kAtomicRead, site);
      return;
    }
  }
  ensure_chain(goroutine);
  PageNotes* notes = shadow_.notes(address);
  if (notes == nullptr) {
    operate();
    count_dropped();
    return;
  }
  const ContextId context = this->context(goroutine, site);
  PendingRaces races;
  {
    const std::scoped_lock guard(notes->lock);
    const bool wrote = operate();
    if (kind == AtomicKind::kRmw && !wrote) {
      kind = AtomicKind::kLoad;
      order = failure_order;
    }
    atomic_clocks(goroutine, address, site.size, *notes, kind, order, context,
                  races);
  }
  report(goroutine, races);
}

}  // namespace chansan::race
