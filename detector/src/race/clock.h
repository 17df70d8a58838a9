// A vector clock: for each chain, how much of it is known to have happened.
//
// A persistent radix tree shared by all that were copied from it, and a few
// components beside it that are not in the tree yet. Copying costs a count and
// a few words however many chains there are; joining skips what both share.
//
// Invariants:
//   1. A component is the larger of its entry beside the tree and its leaf.
//   2. No chain has two entries beside the tree.
//   3. A node with more than one owner is never written.
//   4. Everything in seen_ is in tree_.
//   5. stamp_ is set only while the clock is exactly what that chain released
//      at that tick; so who covers the stamp covers all of it.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "detector/src/race/cell.h"

namespace chansan::race {

class ClockNode;

/// Owns one reference to a node of a clock's tree; null: all zero.
class ClockTree {
 public:
  ClockTree() = default;
  ClockTree(const ClockTree& other);
  ClockTree(ClockTree&& other) noexcept : root_(other.root_) {
    other.root_ = nullptr;
  }
  ClockTree& operator=(ClockTree other) noexcept {
    std::swap(root_, other.root_);
    return *this;
  }
  ~ClockTree();

  Tick get(ChainId chain) const;
  /// Raises `chain` to at least `tick`.
  void raise(ChainId chain, Tick tick);
  /// Raises every component to at least `other`'s. `known` is a tree that has
  /// been joined already: what the two share is passed over, so joining the
  /// next version of a tree costs no more than the difference.
  void join(const ClockTree& other, const ClockTree& known);
  bool empty() const { return root_ == nullptr; }

 private:
  ClockNode* root_ = nullptr;
};

class Clock {
 public:
  Tick get(ChainId chain) const;
  bool covers(Epoch epoch) const { return get(epoch.chain) >= epoch.tick; }
  /// Raises `chain` to at least `tick`.
  void raise(ChainId chain, Tick tick);
  /// Raises every component to at least `other`'s.
  void join(const Clock& other);
  bool empty() const { return count_ == 0 && tree_.empty(); }
  void clear() { *this = Clock(); }

  /// A copy to be kept by others.
  Clock copy() const;

  /// Says that this clock is exactly what `epoch` released.
  void set_stamp(Epoch epoch) { stamp_ = epoch; }

 private:
  struct Entry {
    ChainId chain;
    Tick tick;
  };
  static constexpr std::size_t kBeside = 6;

  ClockTree tree_;
  ClockTree seen_;  // the tree that was joined last
  std::uint32_t count_ = 0;
  Epoch stamp_;  // kNoChain: none
  std::array<Entry, kBeside> beside_{};
};
static_assert(sizeof(Clock) <= 80, "every goroutine and channel slot has one");

}  // namespace chansan::race
