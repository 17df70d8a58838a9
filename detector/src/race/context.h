// Every calling context that anything was ever remembered at, as a tree.
//
// A context is a program counter and the context that called it. It is made
// when the first access that must be kept happens there, is never recycled, and
// so both stacks of a race are there however long ago the older one was. The
// memory is bounded by the program's distinct contexts, not by time.
//
// Lock-free: a node is complete before it is linked, and never changes after.
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "detector/src/race/cell.h"
#include "detector/src/race/reserved.h"

namespace chansan::race {

/// What an access was, besides reading or writing.
enum class Operation : std::uint8_t {
  kAccess,  // an ordinary read or write
  kFree,    // the end of a block's life
  kSend,    // on a channel: concurrent with its close, a race
  kClose,
  kAdd,  // on a wait_group: from zero concurrent with its wait, a race
  kWait,
};

/// The innermost point of a context: where, what, and how wide.
struct Site {
  std::uint64_t pc = 0;  // 0: not known
  Operation operation = Operation::kAccess;
  std::uint8_t size = 0;  // bytes; 0: more than 16, or not told
};

class ContextTree {
 public:
  ContextTree();

  /// The context of `site` called from `caller`. The same arguments give the
  /// same id. *Returns* `caller` if there is no room for more.
  ContextId intern(ContextId caller, Site site);

  /// The same if it is known. *Returns* 0 if it is not.
  ContextId find(ContextId caller, Site site) const {
    const std::uint64_t packed = pack(site);
    const auto& bucket = buckets_[hash(caller, packed) % kBuckets];
    return find(bucket.load(std::memory_order_acquire), 0, caller, packed);
  }

  /// Whether `context` is that of `site` called from `caller`.
  bool is_at(ContextId context, ContextId caller, Site site) const {
    const Node& node = nodes_[context];
    return node.site == pack(site) && node.caller == caller;
  }

  /// Innermost first; an unknown program counter is left out.
  std::vector<std::uint64_t> stack(ContextId context) const;
  Site site(ContextId context) const;

  /// From now on there is room for contexts of so many bytes.
  void limit(std::uint64_t bytes);

  /// Contexts that there was no room for.
  std::uint64_t lost() const { return lost_.load(std::memory_order_relaxed); }

 private:
  struct Node {
    std::uint64_t site;  // packed
    ContextId caller;
    ContextId next;  // of the same bucket
  };
  static constexpr std::size_t kNodesMax = std::size_t{1} << 26;
  static constexpr std::size_t kBuckets = std::size_t{1} << 20;

  static constexpr int kSizeShift = 56;
  static constexpr int kOperationShift = 61;
  static constexpr std::uint64_t kPcBits = (1ull << kSizeShift) - 1;
  static constexpr std::uint8_t kWidestTold = 16;

  static std::uint64_t pack(Site site) {
    const std::uint64_t size = site.size <= kWidestTold ? site.size : 0;
    return (site.pc & kPcBits) | size << kSizeShift |
           std::uint64_t{static_cast<std::uint8_t>(site.operation)}
               << kOperationShift;
  }
  static Site unpack(std::uint64_t packed);
  // Multiplication spreads upward, the shift takes the spread bits.
  static std::size_t hash(ContextId caller, std::uint64_t packed) {
    constexpr std::uint64_t kGolden = 0x9e3779b97f4a7c15;
    return ((packed ^ caller * kGolden) * kGolden) >> 32;
  }
  ContextId find(ContextId first, ContextId end, ContextId caller,
                 std::uint64_t packed) const {
    for (ContextId id = first; id != end; id = nodes_[id].next) {
      if (nodes_[id].site == packed && nodes_[id].caller == caller) return id;
    }
    return 0;
  }

  ReservedArray<Node> nodes_{kNodesMax};
  ReservedArray<std::atomic<ContextId>> buckets_{kBuckets};
  std::size_t nodes_max_ = kNodesMax;
  std::atomic<ContextId> count_{1};  // 0 is the empty context
  std::atomic<std::uint64_t> lost_{0};
};

}  // namespace chansan::race
