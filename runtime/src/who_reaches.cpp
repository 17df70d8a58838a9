// Who could have woken whom: from which stacks an object can be reached.
//
// A word that could be a pointer is followed a few steps, through captures,
// smart pointers and containers. What is found explains a standstill that is
// proved already; it proves nothing, and may name a goroutine whose variable
// is dead.
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>

#include "runtime/src/asan_memory.h"
#include "runtime/src/inspector.h"
#include "runtime/src/memory_map.h"
#include "runtime/src/scan_memory.h"
#include "runtime/src/scheduler.h"
#include "runtime/src/traceback.h"
#include "runtime/src/world.h"

namespace csp::internal {

namespace {

constexpr std::uint8_t kStepsMax = 3;     // pointers followed in a row
constexpr std::size_t kBytesMax = 4096;   // looked at behind one pointer
constexpr std::size_t kVariable = 256;    // of another goroutine's variable
constexpr std::size_t kLittle = 64;       // of what has an unknown size
constexpr std::size_t kBlocksMax = 4000;  // per goroutine
constexpr std::uintptr_t kWord = sizeof(std::uintptr_t);

/// Where an object lies.
struct Place {
  Range memory;
  std::size_t object = 0;  // index of World::objects
};

class Finder {
 public:
  Finder(seam::World& world, std::span<Goroutine* const> goroutines)
      : world_(world) {
    for (std::size_t i = 0; i < world.objects.size(); ++i) {
      const std::uintptr_t low = seam::address_of(world.objects[i].id);
      places_.push_back({{low, low + size_of(world.objects[i])}, i});
    }
    std::sort(places_.begin(), places_.end(),
              [](const Place& a, const Place& b) {
                return a.memory.low < b.memory.low;
              });
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
    open_.clear();
    own_ = stack_of(goroutine);
    own_moved_ = goroutine.asan_fake_stack;
    self_ = goroutine.id;
    steps_ = 0;
    const UserPart user = user_parts_.of(goroutine);
    for (const std::uintptr_t word : user.registers) follow(word);
    open_.push_back({{user.low, own_.high}, 0});
    // The shortest way first.
    for (std::size_t next = 0; next < open_.size(); ++next) {
      steps_ = open_[next].steps;
      look(open_[next].memory);
    }
  }

 private:
  /// Memory to be looked through, and how far off it is.
  struct Open {
    Range memory;
    std::uint8_t steps = 0;
  };

  static Range stack_of(const Goroutine& goroutine) {
    return {reinterpret_cast<std::uintptr_t>(goroutine.context.sp),
            reinterpret_cast<std::uintptr_t>(goroutine.stack_high)};
  }

  void look(Range memory) {
    const std::size_t count = read(memory, words_);
    if (count > 0) mark_objects_in(memory);
    for (std::size_t i = 0; i < count; ++i) follow(words_[i]);
  }

  void follow(std::uintptr_t word) {
    if (mark_object(word) || own_.covers(word)) return;
    const Range moved = AsanMemory::moved_frame(own_moved_, word);
    if (!moved.empty() && seen_.insert(moved.low)) {
      open_.push_back({moved, steps_});
    }
    if (!moved.empty() || steps_ == kStepsMax) return;
    const Range next = behind(word);
    if (next.empty() || seen_.size() > kBlocksMax) return;
    if (seen_.insert(next.low)) {
      open_.push_back({next, static_cast<std::uint8_t>(steps_ + 1)});
    }
  }

  // By the kernel, since an OS thread that was not stopped may unmap it.
  // Returns how many words there are now in `words`, which only grows.
  static std::size_t read(Range memory, ScanVector<std::uintptr_t>& words) {
    const std::uintptr_t low = (memory.low + kWord - 1) & ~(kWord - 1);
    if (low + kWord > memory.high) return 0;
    const std::size_t count = (memory.high - low) / kWord;
    if (words.size() < count) words.resize(count);
    const iovec to{words.data(), count * kWord};
    const iovec from{reinterpret_cast<void*>(low), to.iov_len};
    const ssize_t size = process_vm_readv(getpid(), &to, 1, &from, 1, 0);
    return size > 0 ? static_cast<std::size_t>(size) / kWord : 0;
  }

  // Locks and their kin lie inside of other things, a channel never does.
  void mark_objects_in(const Range& memory) {
    auto at = std::lower_bound(places_.begin(), places_.end(), memory.low,
                               [](const Place& each, std::uintptr_t low) {
                                 return each.memory.low < low;
                               });
    for (; at != places_.end() && at->memory.low < memory.high; ++at) {
      seam::ObjectSnapshot& object = world_.objects[at->object];
      if (object.kind != seam::ObjectKind::kChannel) mark(object);
    }
  }

  void mark(seam::ObjectSnapshot& object) const {
    if (object.reached_from.empty() ||
        object.reached_from.back().goroutine != self_) {
      object.reached_from.push_back({self_, steps_});
    }
  }

  // Whether nothing more is behind the word: a lock may be the first of many
  // members.
  bool mark_object(std::uintptr_t word) {
    const auto after =
        std::upper_bound(places_.begin(), places_.end(), word,
                         [](std::uintptr_t value, const Place& each) {
                           return value < each.memory.low;
                         });
    if (after == places_.begin() || !(after - 1)->memory.covers(word)) {
      return false;
    }
    seam::ObjectSnapshot& object = world_.objects[(after - 1)->object];
    mark(object);
    return object.kind == seam::ObjectKind::kChannel;
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
    if (asan_.understood()) return variable(*mapping, {word, word + limit});
    if (word < mapping->low + kWord) return {};
    return {word, word + block_size(word, limit)};
  }

  // Under AddressSanitizer, which knows where a block ends, and most variables.
  Range variable(const Range& mapping, Range most) const {
    if (asan_.has_blocks(mapping)) return asan_.variable(most);
    most.high = std::min(most.high, most.low + kVariable);
    const Range known = asan_.variable(most);
    if (known.high < most.high) return known;
    return {most.low, std::min(most.high, most.low + kLittle)};
  }

  // What malloc noted in front of a block that begins there; else a little.
  std::size_t block_size(std::uintptr_t at, std::size_t limit) const {
    constexpr std::size_t kAlign = 16;
    constexpr std::size_t kFlags = 7;
    if (at % kAlign != 0) return std::min(kLittle, limit);
    const std::size_t size =
        read({at - kWord, at}, noted_) == 0 ? 0 : noted_.front() & ~kFlags;
    if (size < 2 * kAlign || size % kAlign != 0 || size > limit) {
      return std::min(kLittle, limit);
    }
    return size - kWord;
  }

  seam::World& world_;
  MemoryMap map_;
  ScanVector<Place> places_;  // of the objects, by rising address
  ScanVector<Range> by_low_;  // stacks in use
  AddressSet seen_;           // memory looked at
  ScanVector<std::uintptr_t> words_;
  mutable ScanVector<std::uintptr_t> noted_;
  ScanVector<Open> open_;
  UserParts user_parts_;
  AsanMemory asan_;
  // Of the goroutine that is looked from.
  Range own_;
  void* own_moved_ = nullptr;  // where AddressSanitizer has moved variables
  seam::GoroutineId self_ = 0;
  std::uint8_t steps_ = 0;  // pointers followed so far
};

}  // namespace

void find_who_reaches(seam::World& world,
                      std::span<Goroutine* const> goroutines) {
  if (world.objects.empty()) return;
  // What is copied here must keep nothing alive in a later search for leaks.
  const ScanMemory memory;
  if (!memory) return;
  Finder finder(world, goroutines);
  for (const Goroutine* goroutine : goroutines) {
    if (goroutine->foreign || goroutine->status.load() != Status::kWaiting) {
      continue;
    }
    finder.look_from(*goroutine);
  }
}

}  // namespace csp::internal
