// Gives goroutines their chains, and remembers who was on a chain when.
//
// A goroutine continues a finished one's chain only if what it inherited
// covers the chain's last tick: so two accesses on one chain are ordered,
// always and by the program's own synchronization. (Chain decomposition:
// Agarwal and Garg, "Efficient dependency tracking for relevant events in
// concurrent systems", 2005.)
//
// Invariants while lock_ is free:
//   1. A chain is carried by one goroutine, or is in free_ or in blank_ once,
//      or is worn out (its ticks are used up).
//   2. The lives of a chain are in the order of their first ticks.
//   3. No access on a chain in blank_ is remembered anywhere, and the
//   generation
//      has changed since it was carried: so whoever continues it is taken for
//      nobody else.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "detector/src/race/cell.h"
#include "detector/src/race/clock.h"
#include "detector/src/race/life.h"
#include "detector/src/race/spin_lock.h"

namespace chansan::race {

class Chains {
 public:
  explicit Chains(ChainId chains_max = kChainsMax) : chains_max_(chains_max) {}

  /// A chain for `life`, which knows `inherited`, from the returned tick on.
  /// *Returns* nothing if all chains are in use.
  std::optional<Epoch> take(const LifeRef& life, const Clock& inherited);

  /// The goroutine that carried it has ended; `last` is its last tick.
  void give_back(Epoch last);

  /// Who was on `epoch.chain` at `epoch.tick`.
  LifeRef who(Epoch epoch) const;

  /// Clocks that rely on what a chain's carriers knew name the generation. Who
  /// knows something of a chain that went on with another knows the new one.
  Generation generation() const {
    return generation_.load(std::memory_order_relaxed);
  }

  /// Chains made so far, carried or free.
  std::size_t size() const;
  /// Lives remembered.
  std::size_t lives() const;

  /// Marks what is referenced, then forgets the other lives of the past.
  class Sweep;
  friend class Sweep;

 private:
  struct Incarnation {
    Tick first = 0;
    bool marked = false;
    LifeRef life;  // null: nobody
  };
  // Most chains have had one carrier.
  class Chain {
   public:
    bool empty() const { return !newest_.life; }
    std::size_t size() const {
      return (empty() ? 0 : 1) + (before_ == nullptr ? 0 : before_->size());
    }
    void add(Incarnation incarnation);
    /// Who carried it at `tick`; null: nobody that is remembered.
    const Incarnation* at(Tick tick) const;
    Incarnation* at(Tick tick) {
      return const_cast<Incarnation*>(std::as_const(*this).at(tick));
    }
    bool has_marked() const;
    void unmark();
    void clear() { *this = Chain(); }
    /// All but the newest that are not marked. *Returns* how many.
    std::size_t forget_unmarked();

   private:
    Incarnation newest_;
    std::unique_ptr<std::vector<Incarnation>> before_;  // null: none
  };
  // A goroutine that finds none of so many free chains ordered before it
  // opens a new one: creation stays cheap when nobody waits for anybody.
  static constexpr int kProbes = 4;

  const ChainId chains_max_;
  mutable SpinLock lock_;
  std::deque<Chain> chains_;
  std::deque<Epoch> free_;    // last ticks; the latest at the back
  std::vector<Epoch> blank_;  // last ticks
  std::size_t lives_ = 0;
  std::atomic<Generation> generation_{1};
};

// Holds the chains still, so that no life begins; lives that go on need no
// mark.
class Chains::Sweep {
 public:
  explicit Sweep(Chains& chains) : chains_(chains) { chains_.lock_.lock(); }
  Sweep(const Sweep&) = delete;
  Sweep& operator=(const Sweep&) = delete;
  ~Sweep() { chains_.lock_.unlock(); }

  void mark(Epoch epoch);
  /// Forgets every life that is neither marked nor going on.
  void forget_unmarked();
  /// Keeps all of them.
  void abandon();
  std::size_t lives() const { return chains_.lives_; }

 private:
  Chains& chains_;
};

}  // namespace chansan::race
