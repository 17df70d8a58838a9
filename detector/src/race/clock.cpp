#include "detector/src/race/clock.h"

#include <algorithm>
#include <utility>

#include "detector/src/race/sole_thread.h"

namespace chansan::race {

namespace {
constexpr int kFanBits = 5;
constexpr std::size_t kFan = std::size_t{1} << kFanBits;
}  // namespace

// A node of height 0 holds ticks, a higher one holds nodes one lower; a
// missing child is all zero.
class ClockNode {
 public:
  explicit ClockNode(std::uint32_t node_height) : height(node_height) {}

  bool unique() const { return owners.load(std::memory_order_acquire) == 1; }
  bool spans(ChainId chain) const {
    return chain >> (kFanBits * (height + 1)) == 0;
  }

  std::atomic<std::uint32_t> owners{1};
  const std::uint32_t height;
};

namespace {

class Leaf : public ClockNode {
 public:
  Leaf() : ClockNode(0) {}
  std::array<Tick, kFan> ticks{};
};

class Inner : public ClockNode {
 public:
  explicit Inner(std::uint32_t node_height) : ClockNode(node_height) {}
  std::array<ClockNode*, kFan> children{};
};

Leaf* leaf(ClockNode* node) { return static_cast<Leaf*>(node); }
Inner* inner(ClockNode* node) { return static_cast<Inner*>(node); }

std::size_t slot(ChainId chain, std::uint32_t height) {
  return (chain >> (kFanBits * height)) & (kFan - 1);
}

ClockNode* share(ClockNode* node) {
  if (node != nullptr) {
    update(node->owners, [](auto owners) { return owners + 1; });
  }
  return node;
}

void drop(ClockNode* node) {
  if (node == nullptr) return;
  // Nobody else can take a share of what only we own.
  if (!node->unique() &&
      update(node->owners, [](auto owners) { return owners - 1; }) != 1) {
    return;
  }
  if (node->height == 0) {
    delete leaf(node);
    return;
  }
  for (ClockNode* child : inner(node)->children) drop(child);
  delete inner(node);
}

// Takes `node`, returns one that nobody else owns, with the same content.
ClockNode* own(ClockNode* node) {
  if (node->unique()) return node;
  ClockNode* copy;
  if (node->height == 0) {
    auto* fresh = new Leaf;
    fresh->ticks = leaf(node)->ticks;
    copy = fresh;
  } else {
    auto* fresh = new Inner(node->height);
    for (std::size_t i = 0; i < kFan; ++i) {
      fresh->children[i] = share(inner(node)->children[i]);
    }
    copy = fresh;
  }
  drop(node);
  return copy;
}

ClockNode* make(std::uint32_t height) {
  if (height == 0) return new Leaf;
  return new Inner(height);
}

// Takes `node`, returns a node of `height` above it.
ClockNode* lift(ClockNode* node, std::uint32_t height) {
  while (node->height < height) {
    auto* above = new Inner(node->height + 1);
    above->children[0] = node;
    node = above;
  }
  return node;
}

ClockNode* join_nodes(ClockNode* into, ClockNode* from, ClockNode* known);

// Takes `into`, borrows `from`; both are leaves.
ClockNode* join_leaves(ClockNode* into, ClockNode* from) {
  const auto& more = leaf(from)->ticks;
  bool into_covers = true;
  bool from_covers = true;
  for (std::size_t i = 0; i < kFan; ++i) {
    into_covers &= leaf(into)->ticks[i] >= more[i];
    from_covers &= more[i] >= leaf(into)->ticks[i];
  }
  if (into_covers) return into;
  if (from_covers) {
    // Sharing theirs lets the next join skip it by its address.
    drop(into);
    return share(from);
  }
  into = own(into);
  auto& ticks = leaf(into)->ticks;
  for (std::size_t i = 0; i < kFan; ++i) ticks[i] = std::max(ticks[i], more[i]);
  return into;
}

// Takes `into`, borrows the others; all are inner nodes of one height, or
// `known` is null.
ClockNode* join_inners(ClockNode* into, ClockNode* from, ClockNode* known) {
  // Children of a node that only we own can be edited in place, so they are
  // moved out; those of a shared node are shared.
  const bool move = into->unique();
  std::array<ClockNode*, kFan> joined;
  bool is_into = true;
  bool is_from = true;
  for (std::size_t i = 0; i < kFan; ++i) {
    ClockNode*& mine = inner(into)->children[i];
    ClockNode* theirs = inner(from)->children[i];
    ClockNode* const before = mine;
    joined[i] =
        join_nodes(move ? std::exchange(mine, nullptr) : share(mine), theirs,
                   known == nullptr ? nullptr : inner(known)->children[i]);
    is_into &= joined[i] == before;
    is_from &= joined[i] == theirs;
  }
  if (move) {
    inner(into)->children = joined;
    if (!is_from) return into;
    drop(into);
    return share(from);
  }
  if (is_into || is_from) {
    for (ClockNode* child : joined) drop(child);
    if (is_into) return into;
    drop(into);
    return share(from);
  }
  auto* fresh = new Inner(into->height);
  fresh->children = joined;
  drop(into);
  return fresh;
}

// Takes `into`, borrows the others; of one height where they are not null.
ClockNode* join_nodes(ClockNode* into, ClockNode* from, ClockNode* known) {
  if (from == nullptr || into == from || from == known) return into;
  if (into == nullptr) return share(from);
  return into->height == 0 ? join_leaves(into, from)
                           : join_inners(into, from, known);
}

}  // namespace

void ClockTree::share_root() const { share(root_); }

void ClockTree::drop_root() { drop(root_); }

Tick ClockTree::get(ChainId chain) const {
  ClockNode* node = root_;
  if (node == nullptr || !node->spans(chain)) return 0;
  while (node != nullptr && node->height > 0) {
    node = inner(node)->children[slot(chain, node->height)];
  }
  return node == nullptr ? 0 : leaf(node)->ticks[slot(chain, 0)];
}

void ClockTree::raise(ChainId chain, Tick tick) {
  if (root_ == nullptr) root_ = make(0);
  while (!root_->spans(chain)) root_ = lift(root_, root_->height + 1);
  ClockNode** link = &root_;
  while (true) {
    *link = own(*link);
    ClockNode* node = *link;
    if (node->height == 0) {
      Tick& known = leaf(node)->ticks[slot(chain, 0)];
      known = std::max(known, tick);
      return;
    }
    link = &inner(node)->children[slot(chain, node->height)];
    if (*link == nullptr) *link = make(node->height - 1);
  }
}

void ClockTree::join(const ClockTree& other, const ClockTree& known_tree) {
  if (other.root_ == nullptr || other.root_ == root_) return;
  ClockNode* known = known_tree.root_;
  if (known != nullptr && known->height != other.root_->height) known = nullptr;
  if (root_ == nullptr) {
    root_ = share(other.root_);
    return;
  }
  if (root_->height < other.root_->height) {
    root_ = lift(root_, other.root_->height);
  }
  if (root_->height == other.root_->height) {
    root_ = join_nodes(root_, other.root_, known);
    return;
  }
  // Theirs is lower: it concerns our leftmost descendant of its height only.
  ClockNode** link = &root_;
  while (*link != nullptr && (*link)->height > other.root_->height) {
    *link = own(*link);
    ClockNode* node = *link;
    link = &inner(node)->children[0];
    if (*link == nullptr && node->height - 1 > other.root_->height) {
      *link = make(node->height - 1);
    }
  }
  *link = join_nodes(*link, other.root_, known);
}

void Clock::raise_component(Epoch epoch) {
  const std::size_t place = find_beside(epoch.chain);
  if (place != kNotBeside) [[likely]] {
    // Stored as a whole: copies load it so.
    if (beside_[place].tick < epoch.tick) beside_[place] = epoch;
    return;
  }
  if (count_ == kBeside) {
    for (const Epoch& entry : beside_) tree_.raise(entry.chain, entry.tick);
    beside_ = {};
    count_ = 0;
  }
  std::size_t at = count_++;
  for (; at > 0 && beside_[at - 1].chain > epoch.chain; --at) {
    beside_[at] = beside_[at - 1];
  }
  beside_[at] = epoch;
}

void Clock::release(Epoch epoch, Generation generation) {
  if (!is_current(generation)) {
    before_count_ = kUnknown;
  } else if (newest_.chain != kNoChain) {
    before_[0] = newest_;
    before_count_ = 1;
  }
  newest_ = epoch;
  raise_component(epoch);
  generation_ = generation;
}

[[gnu::always_inline]] inline bool Clock::covers_before(
    const Clock& other) const {
  for (std::size_t i = 0; i < other.before_count_; ++i) {
    if (!covers(other.before_[i])) return false;
  }
  return true;
}

[[gnu::always_inline]] inline Clock::Releases Clock::releases(
    Generation generation) const {
  Releases all;
  if (!is_current(generation)) return all;
  if (newest_.chain != kNoChain) {
    all.add(newest_);
  } else if (before_count_ == kUnknown) {
    return all;
  } else {
    for (std::size_t i = 0; i < before_count_; ++i) all.add(before_[i]);
  }
  all.known = true;
  return all;
}

[[gnu::always_inline]] inline Clock::Releases Clock::uncovered(
    const Releases& releases) const {
  Releases left;
  left.known = releases.known;
  for (std::size_t i = 0; i < releases.count; ++i) {
    if (!covers(releases.all[i])) left.add(releases.all[i]);
  }
  return left;
}

// What copy() gives, with less work if they share a tree.
void Clock::become(const Clock& other) {
  tree_ = other.tree_;
  seen_ = ClockTree();
  generation_ = other.generation_;
  count_ = other.count_;
  before_count_ = other.before_count_;
  newest_ = other.newest_;
  before_ = other.before_;
  beside_ = other.beside_;
}

// join_new() where the other is what a chain released, which we do not cover.
void Clock::join_release(const Clock& other, Generation generation) {
  if (!is_release(generation)) return join_new(other, generation);
  if (other.covers(newest_)) return become(other);
  const Epoch ours = newest_;
  const Epoch theirs = other.newest_;
  if (other.before_count_ != kUnknown && covers_before(other)) {
    raise_component(theirs);
  } else if (before_count_ != kUnknown && other.covers_before(*this)) {
    become(other);
    raise_component(ours);
  } else {
    join_components(other);
  }
  newest_ = Epoch();
  before_ = {ours, theirs};
  before_count_ = 2;
}

void Clock::join_new(const Clock& other, Generation generation) {
  const Releases theirs = other.releases(generation);
  const Releases new_here = uncovered(theirs);
  if (theirs.known && new_here.count == 0) return;
  const Releases ours = releases(generation);
  const Releases new_there = other.uncovered(ours);
  if (ours.known && new_there.count == 0) {
    become(other);
    return;
  }
  if (other.has_before(generation) && covers_before(other)) {
    raise_component(other.newest_);
  } else if (has_before(generation) && other.covers_before(*this)) {
    const Epoch newest = newest_;
    become(other);
    raise_component(newest);
  } else {
    join_components(other);
  }
  newest_ = Epoch();
  generation_ = generation;
  before_count_ = kUnknown;
  if (!ours.known || !theirs.known) return;
  // All of one side, and what it does not cover of the other: a release that
  // both know may be left out once only.
  if (ours.count + new_here.count <= theirs.count + new_there.count) {
    set_before(ours, new_here);
  } else {
    set_before(theirs, new_there);
  }
}

void Clock::set_before(const Releases& some, const Releases& others) {
  if (some.count + others.count > kBefore) return;
  before_count_ = static_cast<std::uint16_t>(some.count + others.count);
  const auto rest = std::copy_n(some.all.begin(), some.count, before_.begin());
  std::copy_n(others.all.begin(), others.count, rest);
}

void Clock::join_components(const Clock& other) {
  if (!other.tree_.empty()) {
    tree_.join(other.tree_, seen_);
    seen_ = other.tree_;
  }
  if (has_chains_of(other)) {
    for (std::size_t i = 0; i < kBeside; ++i) {
      beside_[i].tick = std::max(beside_[i].tick, other.beside_[i].tick);
    }
    return;
  }
  for (std::uint32_t i = 0; i < other.count_; ++i) {
    // What is in the tree already need not be beside it too.
    if (tree_.empty() || !covers(other.beside_[i])) {
      raise_component(other.beside_[i]);
    }
  }
}

}  // namespace chansan::race
