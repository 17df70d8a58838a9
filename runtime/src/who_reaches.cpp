// Who could have woken whom: from which stacks an object can be reached.
//
// A word that could be a pointer is followed a few steps, through captures,
// smart pointers and containers. What is found explains a standstill that is
// proved already; it proves nothing, and may name a goroutine whose variable
// is dead.
#include <algorithm>
#include <unordered_set>

#include "runtime/src/inspector.h"
#include "runtime/src/memory_map.h"
#include "runtime/src/scheduler.h"
#include "runtime/src/world.h"

namespace csp::internal {

namespace {

constexpr int kStepsMax = 3;              // pointers followed in a row
constexpr std::size_t kBytesMax = 4096;   // looked at behind one pointer
constexpr std::size_t kVariable = 64;     // of another goroutine's variable
constexpr std::size_t kBlocksMax = 4096;  // per goroutine

class Finder {
 public:
  Finder(seam::World& world, std::span<Goroutine* const> goroutines)
      : world_(world) {
    for (const Goroutine* goroutine : goroutines) {
      if (goroutine->foreign || goroutine->status.load() != Status::kWaiting) {
        continue;
      }
      by_low_.push_back(stack_of(*goroutine));
    }
    std::sort(by_low_.begin(), by_low_.end(),
              [](const Range& a, const Range& b) { return a.low < b.low; });
  }

  void look_from(const Goroutine& goroutine) {
    seen_.clear();
    own_ = stack_of(goroutine);
    self_ = goroutine.id;
    look(own_, 0);
  }

 private:
  static Range stack_of(const Goroutine& goroutine) {
    return {reinterpret_cast<std::uintptr_t>(goroutine.context.sp),
            reinterpret_cast<std::uintptr_t>(goroutine.stack_high)};
  }

  void look(Range memory, int steps) {
    constexpr std::uintptr_t kWord = sizeof(std::uintptr_t);
    memory.low = (memory.low + kWord - 1) & ~(kWord - 1);
    for (; memory.low + kWord <= memory.high; memory.low += kWord) {
      const auto word = *reinterpret_cast<const std::uintptr_t*>(memory.low);
      if (mark_object(word) || steps == kStepsMax || own_.covers(word)) {
        continue;
      }
      const Range next = behind(word);
      if (next.low == next.high || seen_.size() > kBlocksMax) continue;
      if (seen_.insert(next.low).second) look(next, steps + 1);
    }
  }

  bool mark_object(std::uintptr_t word) {
    const auto after = std::upper_bound(
        world_.objects.begin(), world_.objects.end(), word,
        [](std::uintptr_t value, const auto& each) { return value < each.id; });
    if (after == world_.objects.begin()) return false;
    seam::ObjectSnapshot& object = *(after - 1);
    if (word >= object.id + size_of(object)) return false;
    if (object.reached_from.empty() || object.reached_from.back() != self_) {
      object.reached_from.push_back(self_);
    }
    return true;
  }

  // What a pointer leads to: a variable of another goroutine, a block.
  Range behind(std::uintptr_t word) const {
    const Range* mapping = map_.find(word);
    if (!mapping) return {};
    const Goroutine* owner =
        scheduler().stacks().owner(reinterpret_cast<const void*>(word));
    const auto after =
        std::upper_bound(by_low_.begin(), by_low_.end(), word,
                         [](std::uintptr_t value, const Range& each) {
                           return value < each.low;
                         });
    if (after != by_low_.begin() && (after - 1)->covers(word)) {
      return {word, std::min(word + kVariable, (after - 1)->high)};
    }
    // The runtime's own tables lead everywhere.
    const auto own = reinterpret_cast<std::uintptr_t>(&scheduler());
    if (owner || (word >= own && word < own + sizeof(Scheduler))) return {};
    const std::size_t limit = std::min(mapping->high - word, kBytesMax);
    if (word < mapping->low + sizeof(std::uintptr_t)) return {};
    return {word, word + block_size_at(word, limit)};
  }

  seam::World& world_;
  MemoryMap map_;
  std::vector<Range> by_low_;                // stacks in use
  std::unordered_set<std::uintptr_t> seen_;  // memory looked at
  Range own_;
  seam::GoroutineId self_ = 0;
};

}  // namespace

void find_who_reaches(seam::World& world,
                      std::span<Goroutine* const> goroutines) {
  if (world.objects.empty()) return;
  Finder finder(world, goroutines);
  for (const Goroutine* goroutine : goroutines) {
    if (goroutine->foreign || goroutine->status.load() != Status::kWaiting) {
      continue;
    }
    finder.look_from(*goroutine);
  }
}

}  // namespace csp::internal
