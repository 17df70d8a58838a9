// Stacks of goroutines that asked for another size than the default.
//
// Such a goroutine still has a slot of the StackPool, where its Goroutine
// lies, but runs on a mapping of its own. A goroutine that ends still stands
// on it, so that the monitor gives it back, or the next one that needs some.
#pragma once

#include <cstddef>
#include <map>

#include "runtime/src/goroutine.h"
#include "runtime/src/lock.h"
#include "runtime/src/run_queue.h"

namespace csp::internal {

class StackPool;

class LargeStacks {
 public:
  /// Gives `goroutine`, which does not run yet, a stack of `bytes`, rounded up
  /// to pages. Returns false if there is no memory.
  bool attach(Goroutine& goroutine, std::size_t bytes) CSP_EXCLUDES(lock_);
  /// `dead` will need its stack and its slot no longer, once it has left them.
  /// Allocates nothing: a goroutine's end cannot fail.
  void retire(Goroutine* dead) CSP_EXCLUDES(lock_);
  /// Gives back what was retired and has been left, stacks to the system and
  /// slots to `pool`. Returns whether there is more.
  bool collect(StackPool& pool) CSP_EXCLUDES(lock_);
  static bool has(const Goroutine& goroutine) {
    return goroutine.stack_high !=
           reinterpret_cast<const std::byte*>(&goroutine);
  }

  /// The goroutine on whose stack, or guard below it, `address` lies; else
  /// null.
  Goroutine* owner(const void* address) CSP_EXCLUDES(lock_);
  /// Calls `visit(low, high)` for each stack, by rising address, also those
  /// that have been left and not yet given back.
  template <class Visit>
  void for_each(Visit visit) CSP_EXCLUDES(lock_) {
    ScopedLock hold(lock_);
    for (const auto& [high, goroutine] : stacks_) {
      visit(goroutine->stack_low, high);
    }
  }

 private:
  friend class Fork;

  void detach(Goroutine& goroutine) CSP_EXCLUDES(lock_);

  RankedLock<LockRank::kLargeStacks> lock_;
  // By the end of the mapping.
  std::map<const std::byte*, Goroutine*> stacks_ CSP_GUARDED_BY(lock_);
  GoroutineList retired_ CSP_GUARDED_BY(lock_);
};

LargeStacks& large_stacks();

}  // namespace csp::internal
