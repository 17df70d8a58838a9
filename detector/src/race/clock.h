// A vector clock: for each chain, how much of it is known to have happened.
//
// A persistent radix tree shared by all that were copied from it, and a few
// components beside it that are not in the tree yet. Copying costs a count and
// a few words however many chains there are.
//
// Joining seldom looks at the components. What a chain knew when it released at
// some tick is known to whoever knows of that tick: so a clock that is the join
// of one or two releases is covered by all clocks that cover these, and one
// that covers another takes its place.
//
// Invariants:
//   1. A component is the larger of its entry beside the tree and its leaf.
//   2. No chain has two entries beside the tree.
//   3. A node with more than one owner is never written.
//   4. Everything in seen_ is in tree_.
//   5. If newest_ is set the clock is what that chain released at that tick.
//   6. Entries beside the tree are in the order of their chains; from count_ on
//      they name none.
//   7. If before_count_ is not kUnknown the clock is the join of newest_ alone
//      and all that was released at the first of before_.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "detector/src/race/cell.h"

namespace chansan::race {

class ClockNode;

/// Owns one reference to a node of a clock's tree; null: all zero.
class ClockTree {
 public:
  ClockTree() = default;
  ClockTree(const ClockTree& other) : root_(other.root_) {
    if (root_ != nullptr) share_root();
  }
  ClockTree(ClockTree&& other) noexcept : root_(other.root_) {
    other.root_ = nullptr;
  }
  ClockTree& operator=(const ClockTree& other) {
    // Clocks that are close share their tree.
    if (root_ == other.root_) return *this;
    return *this = ClockTree(other);
  }
  ClockTree& operator=(ClockTree&& other) noexcept {
    std::swap(root_, other.root_);
    return *this;
  }
  ~ClockTree() {
    if (root_ != nullptr) drop_root();
  }

  Tick get(ChainId chain) const;
  /// Raises `chain` to at least `tick`.
  void raise(ChainId chain, Tick tick);
  /// Raises every component to at least `other`'s. `known` is a tree that has
  /// been joined already: what the two share is passed over, so joining the
  /// next version of a tree costs no more than the difference.
  void join(const ClockTree& other, const ClockTree& known);
  bool empty() const { return root_ == nullptr; }

 private:
  void share_root() const;
  void drop_root();

  ClockNode* root_ = nullptr;
};

/// Changes when a chain goes on with a goroutine that does not know all of it:
/// then what clocks remember of releases says nothing any more.
using Generation = std::uint32_t;

class Clock {
 public:
  Clock() = default;
  Tick get(ChainId chain) const {
    const Tick known = get_beside(chain);
    return tree_.empty() ? known : std::max(known, tree_.get(chain));
  }
  [[gnu::always_inline]] bool covers(Epoch epoch) const {
    if (get_beside(epoch.chain) >= epoch.tick) return true;
    return !tree_.empty() && tree_.get(epoch.chain) >= epoch.tick;
  }
  /// Raises `chain` to at least `tick`.
  void raise(ChainId chain, Tick tick) {
    before_count_ = kUnknown;
    newest_ = Epoch();
    raise_component({chain, tick});
  }
  /// Raises every component to at least `other`'s.
  void join(const Clock& other, Generation generation = 0) {
    if (other.empty()) return;
    if (!other.is_release(generation)) return join_new(other, generation);
    // Who knows of a release knows all that it covers.
    if (!covers(other.newest_)) join_release(other, generation);
  }
  bool empty() const { return count_ == 0 && tree_.empty(); }
  void clear() { *this = Clock(); }

  /// Raises `epoch`. The clock is what its chain releases now.
  void release(Epoch epoch, Generation generation);

  /// A copy to be kept by others.
  Clock copy() const { return Clock(*this, ClockTree()); }

 private:
  static constexpr std::size_t kBeside = 6;
  static constexpr std::size_t kBefore = 2;
  static constexpr std::uint16_t kUnknown = kBefore + 1;

  // An entry beside the tree that is not in use names no chain, so that all can
  // be looked through without a branch on any.
  static constexpr std::size_t kNotBeside = kBeside;
  std::size_t find_beside(ChainId chain) const {
    std::size_t place = kNotBeside;
    for (std::size_t i = 0; i < kBeside; ++i) {
      if (beside_[i].chain == chain) place = i;
    }
    return place;
  }

  Tick get_beside(ChainId chain) const {
    Tick known = 0;
    for (const Epoch& entry : beside_) {
      if (entry.chain == chain) known = entry.tick;
    }
    return known;
  }

  bool has_chains_of(const Clock& other) const {
    ChainId differ = 0;
    for (std::size_t i = 0; i < kBeside; ++i) {
      differ |= beside_[i].chain ^ other.beside_[i].chain;
    }
    return differ == 0;
  }

  // Releases that a clock is the join of.
  struct Releases {
    bool known = false;
    std::size_t count = 0;
    std::array<Epoch, kBefore> all;
    void add(Epoch epoch) { all[count++] = epoch; }
  };

  Clock(const Clock& other, ClockTree seen)
      : tree_(other.tree_),
        seen_(std::move(seen)),
        generation_(other.generation_),
        count_(other.count_),
        before_count_(other.before_count_),
        newest_(other.newest_),
        before_(other.before_),
        beside_(other.beside_) {}

  bool is_current(Generation generation) const {
    return generation_ == generation || empty();
  }
  bool is_release(Generation generation) const {
    return newest_.chain != kNoChain && generation_ == generation;
  }
  // The clock is the newest release, and these were known before it.
  bool has_before(Generation generation) const {
    return is_current(generation) && newest_.chain != kNoChain &&
           before_count_ != kUnknown;
  }
  void join_new(const Clock& other, Generation generation);
  void join_release(const Clock& other, Generation generation);
  void become(const Clock& other);
  bool covers_before(const Clock& other) const;
  Releases releases(Generation generation) const;
  Releases uncovered(const Releases& releases) const;
  void set_before(const Releases& some, const Releases& others);
  void join_components(const Clock& other);
  void raise_component(Epoch epoch);

  ClockTree tree_;
  ClockTree seen_;  // the tree that was joined last
  Generation generation_ = 0;
  std::uint16_t count_ = 0;  // of beside_
  std::uint16_t before_count_ = 0;
  Epoch newest_;  // kNoChain: none
  std::array<Epoch, kBefore> before_{};
  std::array<Epoch, kBeside> beside_{};
};
static_assert(sizeof(Clock) <= 96, "every goroutine and channel slot has one");

}  // namespace chansan::race
