// What the goroutine that acts knows to have happened.
#pragma once

#include "detector/src/race/cell.h"
#include "detector/src/race/clock.h"

namespace chansan::race {

class Knowledge {
 public:
  Knowledge(const Clock& clock, ChainId own, Epoch& last_known)
      : clock_(clock), own_(own), last_known_(last_known) {}

  /// Whether that is certain at a glance.
  bool surely_knows(Epoch epoch) const {
    return epoch.chain == own_ ||
           (epoch.chain == last_known_.chain && epoch.tick <= last_known_.tick);
  }
  /// Whether what happened at `epoch` is ordered before the present.
  bool knows(Epoch epoch) {
    // Chains are continued only by goroutines that know all of them.
    if (surely_knows(epoch)) return true;
    if (!clock_.covers(epoch)) return false;
    last_known_ = epoch;
    return true;
  }

 private:
  const Clock& clock_;
  const ChainId own_;
  // What a goroutine knows it never forgets: so this needs no invalidation.
  Epoch& last_known_;
};

}  // namespace chansan::race
