// What must come before what whoever is given a lock first: the clocks of the
// race rules without the edges from an unlock to a lock.
//
// A component counts the releases of goroutines that have taken one lock
// inside another, so everything is empty until the first does, and nothing is
// looked up before.
//
// Lock order: a shard's lock, the chains' lock; neither is held on return.
#pragma once

#include <array>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "detector/src/locks/holder.h"
#include "detector/src/race/spin_lock.h"
#include "runtime/event.h"

namespace chansan::locks {

class OrderClocks {
 public:
  /// Gives `holder` a component if it has none.
  void begin(Holder& holder);
  /// Its goroutine ends; somebody will ask for what it knew if it is joinable.
  void end(Holder& holder, csp::seam::GoroutineId id, bool joinable);
  /// `holder` has seen the end of goroutine `id`.
  void join(Holder& holder, csp::seam::GoroutineId id);
  /// Nobody will.
  void detach(csp::seam::GoroutineId id);

  /// A synchronization of `holder` that is no lock's.
  void apply(Holder& holder, const csp::seam::Event& event);
  /// Whoever took the lock that a channel of one slot is gives it back: the
  /// slot is as it was before, for who got a lock first orders nothing.
  void give_back(std::uint64_t channel);
  static void rendezvous(Holder& sender, Holder& receiver);
  void timer_send(const csp::seam::Event& event);
  /// What `holder` knows, for others to know.
  static race::Clock release(Holder& holder);
  /// The object's life is over.
  void forget(std::uint64_t object);

 private:
  struct Object {
    race::Clock released;
    race::Clock closed;
    std::vector<race::Clock> slots;  // of a channel: who passed last
    race::Clock before;              // ... and before that, if it has one slot
  };
  struct Shard {
    race::SpinLock lock;
    std::unordered_map<std::uint64_t, Object> objects;  // by object_name()
    std::unordered_map<csp::seam::GoroutineId, race::Clock> ended;
  };
  static constexpr std::size_t kShards = 64;
  static race::Clock& slot(Object& object, std::uint32_t index);
  Shard& shard(std::uint64_t key) {
    constexpr int kAlignment = 4;
    return shards_[(key ^ key >> kAlignment) % kShards];
  }

  std::array<Shard, kShards> shards_;
  race::SpinLock chains_lock_;
  race::ChainId chains_ = 0;       // guarded by chains_lock_
  std::vector<race::Epoch> free_;  // the same; the last ticks of ended ones
};

}  // namespace chansan::locks
