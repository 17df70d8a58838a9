#include "detector/src/race/context.h"

#include <algorithm>

namespace chansan::race {

Site ContextTree::unpack(std::uint64_t packed) {
  return {packed & kPcBits, static_cast<Operation>(packed >> kOperationShift),
          static_cast<std::uint8_t>(packed >> kSizeShift & 0x1f)};
}

ContextTree::ContextTree() = default;

void ContextTree::limit(std::uint64_t bytes) {
  constexpr std::uint64_t kLeast = 1024;
  // Each has about a bucket of its own.
  const std::uint64_t nodes = bytes / (sizeof(Node) + sizeof(ContextId));
  nodes_max_ = std::clamp<std::uint64_t>(nodes, kLeast, kNodesMax);
}

ContextId ContextTree::intern(ContextId caller, Site site) {
  const std::uint64_t packed = pack(site);
  auto& bucket = buckets_[hash(caller, packed) % kBuckets];
  ContextId first = bucket.load(std::memory_order_acquire);
  if (const ContextId known = find(first, 0, caller, packed)) return known;

  if (count_.load(std::memory_order_relaxed) >= nodes_max_ - 1) {
    lost_.fetch_add(1, std::memory_order_relaxed);
    return caller;
  }
  const ContextId fresh = count_.fetch_add(1, std::memory_order_relaxed);
  if (fresh >= nodes_max_) {
    lost_.fetch_add(1, std::memory_order_relaxed);
    return caller;
  }
  while (true) {
    nodes_[fresh] = {packed, caller, first};
    const ContextId seen = first;
    if (bucket.compare_exchange_strong(first, fresh, std::memory_order_release,
                                       std::memory_order_acquire)) {
      return fresh;
    }
    // Only what was linked meanwhile can be new; an id is left unused then.
    if (const ContextId known = find(first, seen, caller, packed)) return known;
  }
}

std::vector<std::uint64_t> ContextTree::stack(ContextId context) const {
  std::vector<std::uint64_t> pcs;
  for (ContextId id = context; id != 0; id = nodes_[id].caller) {
    const std::uint64_t pc = unpack(nodes_[id].site).pc;
    if (pc != 0) pcs.push_back(pc);
  }
  return pcs;
}

Site ContextTree::site(ContextId context) const {
  return context == 0 ? Site() : unpack(nodes_[context].site);
}

}  // namespace chansan::race
