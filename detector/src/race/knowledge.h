// What the goroutine that acts knows to have happened.
#pragma once

#include "detector/src/race/cell.h"
#include "detector/src/race/clock.h"

namespace chansan::race {

class Knowledge {
 public:
  Knowledge(const Clock& clock, ChainId own, Epoch& last_known)
      : clock_(clock), own_(own), last_known_(last_known) {}

  /// Whether what happened at `epoch` is ordered before the present.
  bool knows(Epoch epoch) {
    // Chains are continued only by goroutines that know all of them.
    if (epoch.chain == own_) return true;
    if (epoch.chain == last_known_.chain && epoch.tick <= last_known_.tick) {
      return true;
    }
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
