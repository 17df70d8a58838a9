#include "runtime/src/leak_proof.h"

#include <algorithm>
#include <cstdio>
#include <new>
#include <optional>
#include <utility>

#include "csp/internal/select_core.h"
#include "runtime/hooks.h"
#include "runtime/src/asan_memory.h"
#include "runtime/src/heap_walk.h"
#include "runtime/src/inspector.h"
#include "runtime/src/large_stacks.h"
#include "runtime/src/listener.h"
#include "runtime/src/memory_map.h"
#include "runtime/src/monitor.h"
#include "runtime/src/sanitizer.h"
#include "runtime/src/scan_memory.h"
#include "runtime/src/scheduler.h"
#include "runtime/src/stopped_threads.h"
#include "runtime/src/trace.h"

namespace csp::internal {

namespace {

constexpr std::uintptr_t kWord = sizeof(std::uintptr_t);
constexpr std::uintptr_t kRedZone = 128;  // below sp, still in use

std::uintptr_t address(const void* pointer) {
  return reinterpret_cast<std::uintptr_t>(pointer);
}

/// A parked goroutine that only others can wake.
struct Candidate {
  const Goroutine* goroutine = nullptr;
  Range stack;
  bool may_run = false;
};

/// Variables of a candidate that AddressSanitizer has moved off its stack.
struct MovedFrame {
  Range memory;
  std::size_t candidate = 0;
  bool opened = false;
};

/// What candidates wait on: a million may wait on one.
struct Target {
  Range memory;
  bool is_channel = false;
  bool reached = false;
  std::size_t first_wait = 0;  // index of Proof::waits_; up to the next one's
};

struct Wait {
  Range memory;  // of what is waited on
  bool is_channel = false;
  std::size_t candidate = 0;
};

/// Memory of the runtime's, listed before anybody is stopped who may be
/// changing the lists.
struct Lists {
  ScanVector<Goroutine*> goroutines;
  ScanVector<Range> slabs;
  ScanVector<Range> large_stacks;
  AsanMemory asan;
};

class Proof {
 public:
  explicit Proof(Lists& lists) : lists_(lists), asan_(lists.asan) {}

  void run(const StoppedThreads& threads, Range own_frames) {
    for (const Goroutine* each : lists_.goroutines) add_goroutine(*each);
    std::sort(candidates_.begin(), candidates_.end(),
              [](const Candidate& a, const Candidate& b) {
                return is_lower(a.stack, b.stack);
              });
    for (std::size_t i = 0; i < candidates_.size(); ++i) {
      stack_lows_.push_back(candidates_[i].stack.low);
      add_waits(*candidates_[i].goroutine, i);
      add_moved_frames(i);
    }
    std::sort(moved_.begin(), moved_.end(),
              [](const MovedFrame& a, const MovedFrame& b) {
                return is_lower(a.memory, b.memory);
              });
    group_waits();
    for (const StoppedThread& thread : threads.threads()) add_thread(thread);
    open_.push_back(own_frames);
    add_runners();
    find_holes();
    add_mappings();
    look_at_all();
  }

  template <class Visit>
  void for_each_leak(Visit visit) const {
    for (const Candidate& each : candidates_) {
      if (!each.may_run) visit(each.goroutine->id);
    }
  }

 private:
  static bool only_others_wake(const Goroutine& goroutine) {
    if (goroutine.foreign || goroutine.context.on_cpu.load() != 0) return false;
    if (goroutine.status.load() != Status::kWaiting) return false;
    const WaitReason reason = goroutine.wait_reason.load();
    return reason != WaitReason::kSleep && reason != WaitReason::kIoWait &&
           reason != WaitReason::kNone;
  }

  void add_goroutine(const Goroutine& goroutine) {
    if (!only_others_wake(goroutine)) {
      runners_.push_back(&goroutine);
      return;
    }
    candidates_.push_back(
        {&goroutine,
         {address(goroutine.context.sp), address(goroutine.stack_high)},
         false});
  }

  void add_waits(const Goroutine& goroutine, std::size_t index) {
    const WaitReason reason = goroutine.wait_reason.load();
    if (const void* object = goroutine.waits_on.load()) {
      add_wait(object, reason, index);
    } else if (reason == WaitReason::kSelect && goroutine.cases) {
      for (std::size_t i = 0; i < goroutine.case_count; ++i) {
        const void* core = goroutine.cases[i].core;
        if (core) add_wait(core, reason, index);
      }
    }
  }

  void add_wait(const void* object, WaitReason reason, std::size_t index) {
    seam::ObjectSnapshot described;
    described.kind = kind_of(reason);
    waits_.push_back({{address(object), address(object) + size_of(described)},
                      described.kind == seam::ObjectKind::kChannel,
                      index});
  }

  void add_moved_frames(std::size_t index) {
    const Candidate& one = candidates_[index];
    AsanMemory::for_each_moved_frame(
        one.goroutine->asan_fake_stack, one.stack,
        [&](const Range& frame) { moved_.push_back({frame, index}); });
  }

  void group_waits() {
    std::sort(waits_.begin(), waits_.end(), [](const Wait& a, const Wait& b) {
      return is_lower(a.memory, b.memory);
    });
    for (std::size_t i = 0; i < waits_.size(); ++i) {
      const Wait& wait = waits_[i];
      if (targets_.empty() || targets_.back().memory.low != wait.memory.low) {
        targets_.push_back({wait.memory, wait.is_channel, false, i});
      }
      std::uintptr_t& high = targets_.back().memory.high;
      high = std::max(high, wait.memory.high);
    }
  }

  // Whether it is the runtime's own, and has nothing of the program's.
  static bool rests(const StoppedThread& thread) {
    if (monitor().running() && monitor().stack().covers(thread.sp)) return true;
    for (const Machine* machine = scheduler().machines(); machine;
         machine = machine->next) {
      if (machine->rests.load(std::memory_order_relaxed) &&
          loop_stack(*machine).covers(thread.sp)) {
        return true;
      }
    }
    return false;
  }

  static Range loop_stack(const Machine& machine) {
    return {address(machine.scheduler.stack_low), address(machine.loop_high)};
  }

  // Registers, and a stack of the pool from where it stands.
  void add_thread(const StoppedThread& thread) {
    if (rests(thread)) return;
    for (const std::uintptr_t word : thread.registers) look_at(word);
    stack_pointers_.push_back(thread.sp);
    const StackPool& pool = scheduler().stacks();
    if (const Range* stack = range_of(lists_.large_stacks, thread.sp)) {
      open_.push_back({thread.sp - kRedZone, stack->high});
    }
    for (const Range& slab : lists_.slabs) {
      if (!slab.covers(thread.sp)) continue;
      const std::uintptr_t slot =
          thread.sp - (thread.sp - slab.low) % pool.stack_bytes();
      auto* bytes = reinterpret_cast<std::byte*>(slot);
      open_.push_back({thread.sp - kRedZone, address(pool.header(bytes))});
    }
  }

  // The caller's own frames are known, and those of stopped threads.
  void add_runners() {
    const auto here = address(__builtin_frame_address(0));
    for (const Goroutine* goroutine : runners_) {
      if (goroutine->foreign) continue;
      const Range whole{address(goroutine->stack_low),
                        address(goroutine->stack_high)};
      bool stands = whole.covers(here);
      for (const std::uintptr_t sp : stack_pointers_) {
        if (!whole.covers(sp)) continue;
        stands = true;
        open_.push_back({sp - kRedZone, whole.high});
      }
      // Not on a stack any more, or not yet.
      if (!stands) {
        open_.push_back({address(goroutine->context.sp), whole.high});
      }
    }
  }

  // Of our own OS threads: what lies below the stack pointer of one that
  // works, and the whole stack of one that sleeps or runs a goroutine.
  void add_unused_stacks(ScanVector<Range>& holes) const {
    if (monitor().running()) holes.push_back(monitor().stack());
    for (const Machine* machine = scheduler().machines(); machine;
         machine = machine->next) {
      Range unused = loop_stack(*machine);
      for (const std::uintptr_t sp : stack_pointers_) {
        if (unused.covers(sp)) unused.high = sp - kRedZone;
      }
      if (!unused.empty()) holes.push_back(unused);
    }
  }

  void add_mappings() {
    visit_mappings(
        [](void* self, Range range, MappingKind kind) {
          static_cast<Proof*>(self)->add_mapping(range, kind);
        },
        this);
  }

  void find_holes() {
    holes_.push_back(ScanMemory::range());
    for (const Range& slab : lists_.slabs) holes_.push_back(slab);
    for (const Range& stack : lists_.large_stacks) holes_.push_back(stack);
    const auto own = address(&scheduler());
    holes_.push_back({own, own + sizeof(Scheduler)});
    add_unused_stacks(holes_);
    if (asan_.on()) holes_.push_back(asan_.shadow());
    for (std::size_t i = 0; i < trace::part_count(); ++i) {
      holes_.push_back(trace::part(i));
    }
    for (const MovedFrame& each : moved_) holes_.push_back(each.memory);
    // A channel is a block of its own: only handles lead to it, not its place
    // in memory, and its queues lead to those who wait.
    for (const Target& target : targets_) {
      if (target.is_channel) holes_.push_back(target.memory);
    }
    if (listening()) {
      for (const seam::OwnMemory& each : seam::hooks->own_memory()) {
        holes_.push_back({each.low, each.high});
      }
    }
    join(holes_);
  }

  void add_mapping(Range range, MappingKind kind) {
    if (kind == MappingKind::kStack) return;  // goroutine 1's
    const Range* const hole = range_of(holes_, range.low);
    if (hole && hole->high >= range.high) return;
    if (asan_.add(range)) return;
    if (asan_.on()) {
      open_without(range);
      return;
    }
    if (kind == MappingKind::kHeap) range = heap_.add(range, true);
    if (kind == MappingKind::kAnonymous) range = add_arenas(range);
    // Mappings come by rising address, the heap before the libraries.
    const Range arena =
        kind == MappingKind::kFile ? heap_.find_main_arena(range) : Range{};
    if (!arena.empty()) {
      open_without({range.low, arena.low});
      range.low = arena.high;
    }
    open_without(range);
  }

  // The kernel makes one mapping of a thread's arena and of what lies before
  // it. Returns what is behind the last one.
  Range add_arenas(Range range) {
    constexpr std::uintptr_t kAlign = HeapWalk::kArenaAlign;
    const auto aligned = [](std::uintptr_t at) {
      return (at + kAlign - 1) & ~(kAlign - 1);
    };
    std::uintptr_t at = aligned(range.low);
    while (at < range.high) {
      if (const Range* hole = range_of(holes_, at)) {
        at = aligned(hole->high);
        continue;
      }
      const Range left = heap_.add({at, range.high}, false);
      if (left.low != at) {
        open_without({range.low, at});
        range = left;
      }
      at += kAlign;
    }
    return range;
  }

  void open_without(Range range) {
    auto hole = std::upper_bound(
        holes_.begin(), holes_.end(), range.low,
        [](std::uintptr_t low, const Range& each) { return low < each.high; });
    for (; hole != holes_.end() && hole->low < range.high; ++hole) {
      if (hole->low > range.low) open_.push_back({range.low, hole->low});
      range.low = std::max(range.low, hole->high);
    }
    if (!range.empty()) open_.push_back(range);
  }

  void look_at_all() {
    while (!open_.empty()) {
      const Range range = open_.back();
      open_.pop_back();
      reach_objects_in(range);
      std::uintptr_t at = (range.low + kWord - 1) & ~(kWord - 1);
      for (; at + kWord <= range.high; at += kWord) {
        if (!asan_.is_dead(at)) look_at(word_at(at));
      }
    }
  }

  // Locks lie inside of other things.
  void reach_objects_in(const Range& range) {
    auto at = std::lower_bound(targets_.begin(), targets_.end(), range.low,
                               [](const Target& each, std::uintptr_t low) {
                                 return each.memory.high <= low;
                               });
    for (; at != targets_.end() && at->memory.low < range.high; ++at) {
      if (!at->is_channel) reach(*at);
    }
  }

  void look_at(std::uintptr_t word) {
    constexpr std::uintptr_t kLowest = 4096;
    if (word < kLowest) return;
    if (Target* target = covering(targets_, word)) reach(*target);
    reach_stack(word);
    if (!moved_.empty()) reach_moved_frame(word);
    const Range block = block_of(word);
    if (block.empty()) return;
    if (seen_.insert(block.low)) open_.push_back(block);
  }

  Range block_of(std::uintptr_t word) const {
    if (asan_.on()) return asan_.block(word);
    return heap_.knows(word) ? heap_.block(word) : Range{};
  }

  // Of `places`, which rise; of those that are equal the last.
  template <class Place>
  static Place* covering(ScanVector<Place>& places, std::uintptr_t word) {
    const auto after =
        std::upper_bound(places.begin(), places.end(), word,
                         [](std::uintptr_t value, const Place& each) {
                           return value < each.memory.low;
                         });
    if (after == places.begin() || !(after - 1)->memory.covers(word)) {
      return nullptr;
    }
    return &*(after - 1);
  }

  void reach(Target& target) {
    if (target.reached) return;
    target.reached = true;
    for (std::size_t i = target.first_wait;
         i < waits_.size() && waits_[i].memory.low == target.memory.low; ++i) {
      may_run(waits_[i].candidate);
    }
  }

  void reach_stack(std::uintptr_t word) {
    const auto after =
        std::upper_bound(stack_lows_.begin(), stack_lows_.end(), word);
    if (after == stack_lows_.begin()) return;
    const auto index =
        static_cast<std::size_t>(after - stack_lows_.begin()) - 1;
    if (candidates_[index].stack.covers(word)) may_run(index);
  }

  void reach_moved_frame(std::uintptr_t word) {
    MovedFrame* const frame = covering(moved_, word);
    if (!frame) return;
    may_run(frame->candidate);
    if (!std::exchange(frame->opened, true)) open_.push_back(frame->memory);
  }

  void may_run(std::size_t index) {
    Candidate& one = candidates_[index];
    if (one.may_run) return;
    one.may_run = true;
    open_.push_back(one.stack);
  }

  Lists& lists_;
  AsanMemory& asan_;
  ScanVector<const Goroutine*> runners_;
  ScanVector<Candidate> candidates_;       // by rising address of their stacks
  ScanVector<std::uintptr_t> stack_lows_;  // of the same
  ScanVector<MovedFrame> moved_;           // by rising address
  ScanVector<Wait> waits_;                 // by rising address
  ScanVector<Target> targets_;             // by rising address, none twice
  ScanVector<std::uintptr_t> stack_pointers_;
  ScanVector<Range> holes_;  // what leads nowhere; apart, by rising address
  HeapWalk heap_;
  ScanVector<Range> open_;  // to be looked through
  AddressSet seen_;         // blocks
};

Lists take_lists() {
  Lists lists;
  for (Goroutine* each : scheduler().goroutines()) {
    lists.goroutines.push_back(each);
  }
  scheduler().stacks().for_each_slab([&](std::byte* low, std::size_t bytes) {
    lists.slabs.push_back({address(low), address(low) + bytes});
  });
  large_stacks().for_each([&](const std::byte* low, const std::byte* high) {
    lists.large_stacks.push_back({address(low), address(high)});
  });
  return lists;
}

std::vector<seam::GoroutineId> prove(const void* frames) {
  const Goroutine* self = this_goroutine();
  Range own_frames{address(frames), address(self->stack_high)};
  if (self->foreign) own_frames = {};
  std::vector<seam::GoroutineId> leaks;
  const ScanMemory memory;
  if (!memory) throw std::bad_alloc();
  Lists lists = take_lists();
  if (lists.asan.on() && !lists.asan.understood()) return leaks;
  ScanVector<seam::GoroutineId> found;
  {
    // The listener may have been stopped with its locks held: it must not look
    // at what is read here.
    std::optional<RuntimesOwn> own;
    if (this_machine()) own.emplace();
    const StoppedThreads threads;
    if (!threads.all()) return leaks;
    Proof proof(lists);
    proof.run(threads, own_frames);
    proof.for_each_leak([&](seam::GoroutineId id) { found.push_back(id); });
  }
  leaks.assign(found.begin(), found.end());
  std::sort(leaks.begin(), leaks.end());
  return leaks;
}

}  // namespace

std::vector<seam::GoroutineId> prove_leaks(const void* frames) {
  try {
    return prove(frames);
  } catch (const std::bad_alloc&) {
    std::fputs("chansan: no memory to look for leaks: none was looked for\n",
               stderr);
    return {};
  }
}

}  // namespace csp::internal
