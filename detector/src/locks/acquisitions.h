// Which locks were taken while others were held, and the cycles among them.
//
// An acquisition is one goroutine that asked for a lock while it had others.
// Acquisitions whose locks form a cycle can deadlock if each could happen
// while the others are under way: they are of different goroutines, none is
// ordered before another, and no two have a lock in common that excludes one
// of them. (Havelund, "Using runtime analysis to guide model checking of Java
// programs", 2000, for gate locks; Bensalem and Havelund, 2005, for order.)
//
// Of acquisitions that are alike only the latest of each goroutine is kept:
// whoever is ordered after it is ordered after the earlier ones too.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <unordered_map>
#include <vector>

#include "detector/src/locks/holder.h"
#include "detector/src/race/life.h"

namespace chansan::locks {

struct Acquisition {
  race::LifeRef life;  // of the goroutine
  std::uint64_t lock = 0;
  race::ContextId context = 0;  // where it was asked for
  bool shared = false;
  bool passes = false;         // shared, and a waiting writer does not stop it
  std::vector<HeldLock> held;  // meanwhile; never empty
  race::Epoch epoch;
  race::Clock clock;  // what the goroutine knew

  const HeldLock* find_held(std::uint64_t wanted) const;
  bool knows(const Acquisition& other) const {
    return other.epoch.chain == epoch.chain || clock.covers(other.epoch);
  }
};

/// Each one asks for a lock that the next one has, the last one for one that
/// the first one has.
using Cycle = std::vector<Acquisition>;

class Acquisitions {
 public:
  /// Keeps `fresh`; `key` tells which ones are alike. *Returns* the cycles
  /// that it closes and that were not returned before.
  std::vector<Cycle> add(Acquisition fresh, std::uint64_t key);
  /// The lives of the locks in [address, address + size) are over.
  /// *Returns* whether there were any.
  bool forget(std::uint64_t address, std::uint64_t size);
  /// `lock` turned out to be none: what was taken meanwhile stays taken.
  void refute(std::uint64_t lock);
  /// Acquisitions that were not kept, and searches that were cut short.
  std::uint64_t lost() const { return lost_; }

 private:
  struct Step {
    const Acquisition* acquisition;
    std::size_t before;  // its index; the first one's own
  };
  using Path = std::vector<Step>;
  // Memory: some 300 bytes each.
  static constexpr std::size_t kAllMax = std::size_t{1} << 16;
  // Of those alike, that goroutines side by side made.
  static constexpr std::size_t kAlikeMax = 8;
  static constexpr std::size_t kStepsMax = 4096;

  const Acquisition* keep(Acquisition&& fresh, std::uint64_t key);
  std::vector<Cycle> search(const Acquisition& first);
  void drop(const Acquisition* dropped);

  // The alike ones, by their key.
  std::unordered_map<std::uint64_t, std::vector<std::unique_ptr<Acquisition>>>
      alike_;
  // Those that hold or ask for a lock.
  std::map<std::uint64_t, std::vector<const Acquisition*>> by_lock_;
  std::unordered_map<const Acquisition*, std::uint64_t> keys_;
  std::set<std::vector<std::uint64_t>> told_;  // the locks, sorted
  Acquisition unkept_;  // the last one that there was no room for
  std::uint64_t lost_ = 0;
};

}  // namespace chansan::locks
