#include "detector/pass/repeated.h"

#include <algorithm>
#include <map>

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/PostOrderIterator.h"
#include "llvm/IR/CFG.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Module.h"

namespace chansan::pass {

namespace {

// Bytes next to one base pointer.
struct Bytes {
  std::int64_t first = 0;
  std::uint64_t size = 0;
  bool writes = false;

  bool operator==(const Bytes&) const = default;
  bool covers(const Bytes& other) const {
    return first <= other.first &&
           first + static_cast<std::int64_t>(size) >=
               other.first + static_cast<std::int64_t>(other.size) &&
           (writes || !other.writes);
  }
};

struct Place {
  const llvm::Value* base;
  Bytes bytes;
};

Place place_of(const llvm::Value* pointer, std::uint64_t size, bool writes,
               const llvm::DataLayout& layout) {
  llvm::APInt offset(layout.getIndexTypeSizeInBits(pointer->getType()), 0);
  const llvm::Value* base = pointer->stripAndAccumulateConstantOffsets(
      layout, offset, /*AllowNonInbounds=*/true);
  return {base, {offset.getSExtValue(), size, writes}};
}

// The bytes that have been checked since the last synchronization, on every
// way to a point. A base names one value: when its instruction runs again, in a
// loop, what was known of its last value is forgotten.
class Checked {
 public:
  bool covers(const Place& place) const {
    const auto found = known_.find(place.base);
    if (found == known_.end()) return false;
    return std::any_of(
        found->second.begin(), found->second.end(),
        [&](const Bytes& bytes) { return bytes.covers(place.bytes); });
  }
  void add(const Place& place) {
    auto& list = known_[place.base];
    if (list.size() < kListMax) list.push_back(place.bytes);
  }
  void forget(const llvm::Value* base) { known_.erase(base); }
  void clear() { known_.clear(); }
  /// Leaves what `other` covers too.
  void intersect(const Checked& other) {
    for (auto entry = known_.begin(); entry != known_.end();) {
      std::erase_if(entry->second, [&](const Bytes& bytes) {
        return !other.covers({entry->first, bytes});
      });
      entry = entry->second.empty() ? known_.erase(entry) : std::next(entry);
    }
  }
  bool operator==(const Checked&) const = default;

 private:
  // Longer lists would make long initializations quadratic.
  static constexpr std::size_t kListMax = 32;
  std::map<const llvm::Value*, std::vector<Bytes>> known_;
};

// What memcpy and its like are checked for.
void add_copy(const llvm::Instruction& instruction,
              const llvm::DataLayout& layout, Checked& checked) {
  const auto* copy = llvm::dyn_cast<llvm::MemIntrinsic>(&instruction);
  if (copy == nullptr) return;
  const auto* length = llvm::dyn_cast<llvm::ConstantInt>(copy->getLength());
  if (length == nullptr) return;
  const std::uint64_t size = length->getZExtValue();
  checked.add(place_of(copy->getRawDest(), size, true, layout));
  if (const auto* transfer = llvm::dyn_cast<llvm::MemTransferInst>(copy)) {
    checked.add(place_of(transfer->getRawSource(), size, false, layout));
  }
}

// Passes over `block`; calls `visit(access, covered)` for each access.
template <typename Visit>
void pass_over(llvm::BasicBlock& block, Checked& checked, Visit visit) {
  const llvm::DataLayout& layout = block.getModule()->getDataLayout();
  for (llvm::Instruction& instruction : block) {
    checked.forget(&instruction);
    if (may_synchronize(instruction)) {
      checked.clear();
      continue;
    }
    add_copy(instruction, layout, checked);
    const auto access = access_of(instruction);
    if (!access) continue;
    const Place place =
        place_of(access->pointer, access->size, access->writes, layout);
    const bool covered = checked.covers(place);
    visit(*access, covered);
    if (!covered) checked.add(place);
  }
}

using Blocks = llvm::ReversePostOrderTraversal<llvm::Function*>;
// At the end of each block that has been passed over; the others are unknown,
// and count as covering everything.
using Ends = llvm::DenseMap<const llvm::BasicBlock*, Checked>;

Checked at_begin(const llvm::BasicBlock& block, const Ends& ends) {
  Checked checked;
  bool first = true;
  for (const llvm::BasicBlock* before : llvm::predecessors(&block)) {
    const auto end = ends.find(before);
    if (end == ends.end()) continue;
    if (first) {
      checked = end->second;
    } else {
      checked.intersect(end->second);
    }
    first = false;
  }
  return checked;
}

// *Returns* false if it takes too long.
bool solve(const Blocks& blocks, Ends& ends) {
  constexpr int kRoundsMax = 12;
  for (int round = 0; round < kRoundsMax; ++round) {
    bool changed = false;
    for (llvm::BasicBlock* block : blocks) {
      Checked checked = at_begin(*block, ends);
      pass_over(*block, checked, [](const Access&, bool) {});
      const auto [place, is_new] = ends.try_emplace(block, checked);
      if (is_new || !(place->second == checked)) {
        place->second = std::move(checked);
        changed = true;
      }
    }
    if (!changed) return true;
  }
  return false;
}

// Reads whose bytes are written before the goroutine synchronizes again.
template <typename Found>
void find_overwritten(llvm::BasicBlock& block, Found found) {
  const llvm::DataLayout& layout = block.getModule()->getDataLayout();
  Checked written;
  for (llvm::Instruction& instruction : llvm::reverse(block)) {
    if (may_synchronize(instruction)) written.clear();
    const auto access = access_of(instruction);
    if (!access) continue;
    Place place = place_of(access->pointer, access->size, true, layout);
    if (access->writes) {
      written.add(place);
    } else if (!access->is_volatile && written.covers(place)) {
      found(*access);
    }
  }
}

}  // namespace

llvm::SmallPtrSet<llvm::Instruction*, 32> find_repeated(
    llvm::Function& function, Statistics& statistics) {
  llvm::SmallPtrSet<llvm::Instruction*, 32> found;
  const Blocks blocks(&function);
  Ends ends;
  if (solve(blocks, ends)) {
    for (llvm::BasicBlock* block : blocks) {
      Checked checked = at_begin(*block, ends);
      pass_over(*block, checked, [&](const Access& access, bool covered) {
        if (!covered || access.is_volatile) return;
        found.insert(access.at);
        if (may_be_shared(access)) ++statistics.repeated;
      });
    }
  }
  for (llvm::BasicBlock* block : blocks) {
    find_overwritten(*block, [&](const Access& access) {
      if (!found.insert(access.at).second) return;
      if (may_be_shared(access)) ++statistics.overwritten;
    });
  }
  return found;
}

}  // namespace chansan::pass
