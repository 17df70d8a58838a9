#include "runtime/src/stack_pool.h"

#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <new>

#include "runtime/src/large_stacks.h"
#include "runtime/src/monitor.h"
#include "runtime/src/sanitizer.h"
#include "runtime/src/scheduler.h"

#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102
#endif

namespace csp::internal {

/// `count` pointers.
template <class T>
class StackPool::Scratch {
 public:
  explicit Scratch(std::size_t count)
      : first_(static_cast<T*>(map_pages(count * sizeof(T) + 1))),
        count_(first_ ? count : 0) {}
  ~Scratch() {
    if (first_) munmap(first_, count_ * sizeof(T) + 1);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  T& operator[](std::size_t index) { return first_[index]; }
  T* begin() { return first_; }
  std::size_t size() const { return count_; }

 private:
  T* const first_;
  const std::size_t count_;
};

/// A page of slabs.
struct StackPool::SlabPage {
  static constexpr std::size_t kSlabs =
      (kPageBytes - sizeof(std::size_t) * 2) / sizeof(Slab);
  std::size_t made = 0;
  std::size_t alive = 0;
  std::array<Slab, kSlabs> slabs;
};

StackPool::Slab* StackPool::new_slab() {
  static_assert(sizeof(SlabPage) <= kPageBytes);
  if (!slab_page_ || slab_page_->made == SlabPage::kSlabs) {
    void* memory = map_pages(kPageBytes);
    if (!memory) return nullptr;
    slab_page_ = ::new (memory) SlabPage;
  }
  ++slab_page_->alive;
  return &slab_page_->slabs[slab_page_->made++];
}

void StackPool::delete_slab(Slab* slab) {
  const auto at = reinterpret_cast<std::uintptr_t>(slab);
  auto* page = reinterpret_cast<SlabPage*>(at - at % kPageBytes);
  if (--page->alive == 0 && page != slab_page_) munmap(page, kPageBytes);
}

Goroutine* StackPool::make_header(std::byte* slot) const {
  auto* goroutine = ::new (header(slot)) Goroutine;
  use_own_stack(*goroutine);
  return goroutine;
}

void StackPool::use_own_stack(Goroutine& goroutine) const {
  goroutine.stack_high = reinterpret_cast<std::byte*>(&goroutine);
  goroutine.stack_low = slot_of(&goroutine) + kPageBytes;
}

bool StackPool::make_room_for_slab() {
  if (slabs_.size() < slabs_.capacity()) return true;
  try {
    slabs_.reserve(2 * slabs_.size() + 16);
  } catch (const std::bad_alloc&) {
    return false;
  }
  return true;
}

bool StackPool::add_slab() {
  if (!make_room_for_slab()) return false;
  void* base =
      mmap(nullptr, kSlotsPerSlab * stack_bytes_, PROT_READ | PROT_WRITE,
           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
  if (base == MAP_FAILED) return false;
  // A huge page per stack would commit 2 MiB for each.
  madvise(base, kSlotsPerSlab * stack_bytes_, MADV_NOHUGEPAGE);
  Slab* slab = new_slab();
  if (!slab) {
    munmap(base, kSlotsPerSlab * stack_bytes_);
    return false;
  }
  newest_ = slab;
  newest_->base = static_cast<std::byte*>(base);
  newest_->slot_bytes = stack_bytes_;
  const auto place = std::upper_bound(
      slabs_.begin(), slabs_.end(), newest_,
      [](const Slab* a, const Slab* b) { return a->base < b->base; });
  slabs_.insert(place, newest_);
  cold_hint_ = 0;
  return true;
}

StackPool::Slab* StackPool::slab_of(const void* address) {
  const auto* at = static_cast<const std::byte*>(address);
  const auto after = std::upper_bound(
      slabs_.begin(), slabs_.end(), at,
      [](const std::byte* a, const Slab* b) { return a < b->base; });
  if (after == slabs_.begin()) return nullptr;
  Slab* slab = *std::prev(after);
  return at < slab->base + slab->used * stack_bytes_ ? slab : nullptr;
}

Goroutine* StackPool::take_cold() {
  while (slabs_[cold_hint_]->cold.none()) ++cold_hint_;
  Slab& slab = *slabs_[cold_hint_];
  const std::size_t slot = slab.cold._Find_first();
  slab.cold.reset(slot);
  --cold_;
  return make_header(slab.base + slot * stack_bytes_);
}

void StackPool::guard(std::byte* slot) {
  // LeakSanitizer reads whole mappings and would trip over markers that
  // /proc/self/maps does not show.
  if (!sanitizer::address() &&
      madvise(slot, kPageBytes, MADV_GUARD_INSTALL) == 0) {
    return;
  }
  if (guarded_by_mprotect_ >= kGuardedMax) return;
  if (mprotect(slot, kPageBytes, PROT_NONE) == 0) ++guarded_by_mprotect_;
}

Goroutine* StackPool::take_locked() {
  if (!warm_.empty()) {
    Goroutine* goroutine = warm_.back();
    warm_.pop_back();
    warm_least_ = std::min(warm_least_, warm_.size());
    return goroutine;
  }
  if (cold_ > 0) return take_cold();
  if ((!newest_ || newest_->used == kSlotsPerSlab) && !add_slab()) {
    return nullptr;
  }
  std::byte* slot = newest_->base + newest_->used * stack_bytes_;
  guard(slot);
  Goroutine* goroutine = make_header(slot);
  ++newest_->used;
  return goroutine;
}

Goroutine* StackPool::take() {
  Goroutine* goroutine = nullptr;
  return take(std::span(&goroutine, 1)) == 1 ? goroutine : nullptr;
}

std::size_t StackPool::take(std::span<Goroutine*> out) {
  std::size_t taken = 0;
  bool many = false;
  {
    ScopedLock hold(lock_);
    while (taken < out.size()) {
      Goroutine* goroutine = take_locked();
      if (!goroutine) break;
      out[taken++] = goroutine;
    }
    many = slabs_.size() > 1;
  }
  // Few goroutines are not worth a thread that looks after their stacks.
  if (many) monitor().watch_stacks();
  return taken;
}

void StackPool::give(std::span<Goroutine* const> slots) {
  bool first = false;
  {
    ScopedLock hold(lock_);
    first = warm_.size() <= kWarmKept;
    try {
      warm_.insert(warm_.end(), slots.begin(), slots.end());
    } catch (const std::bad_alloc&) {
      // Goroutines end here, which cannot fail: these slots are lost.
    }
    first = first && warm_.size() > kWarmKept;
  }
  if (first) monitor().trim_stacks();
}

// The slots that nobody has needed since the last call, in their order in
// memory. They are this call's alone.
std::span<std::byte*> StackPool::take_unneeded(Scratch<std::byte*>& scratch) {
  constexpr std::size_t kAtOnce = 16384;
  ScopedLock hold(lock_);
  const std::size_t unneeded =
      std::min(warm_least_, warm_.size() > kWarmKept ? warm_.size() - kWarmKept
                                                     : std::size_t{0});
  // The oldest, from the front: what was freed last is in the caches.
  const std::size_t count =
      std::min({unneeded, std::max(kAtOnce, unneeded / 2), scratch.size()});
  for (std::size_t i = 0; i < count; ++i) scratch[i] = slot_of(warm_[i]);
  warm_.erase(warm_.begin(),
              warm_.begin() + static_cast<std::ptrdiff_t>(count));
  warm_least_ = warm_.size();
  if (warm_.size() <= kWarmKept) warm_.shrink_to_fit();
  std::sort(scratch.begin(), scratch.begin() + count);
  return {scratch.begin(), count};
}

bool StackPool::trim() {
  std::size_t most = 0;
  {
    ScopedLock hold(lock_);
    most = warm_.size();
  }
  Scratch<std::byte*> scratch(most);
  const std::span<std::byte*> slots = take_unneeded(scratch);
  // Neighbours in one call. The guards survive MADV_DONTNEED.
  for (std::size_t i = 0; i < slots.size();) {
    std::size_t end = i + 1;
    while (end < slots.size() && slots[end] == slots[end - 1] + stack_bytes_) {
      ++end;
    }
    madvise(slots[i], (end - i) * stack_bytes_, MADV_DONTNEED);
    i = end;
  }
  bool again = false;
  {
    ScopedLock hold(lock_);
    for (const std::byte* slot : slots) {
      Slab& slab = *slab_of(slot);
      slab.cold.set(static_cast<std::size_t>(slot - slab.base) / stack_bytes_);
    }
    cold_ += slots.size();
    cold_hint_ = 0;
    again = warm_.size() > kWarmKept;
  }
  if (!again && !slots.empty()) unmap_cold_slabs();
  return again;
}

// With their page tables, which are an eighth of a page for each slot.
void StackPool::unmap_cold_slabs() {
  // A listener remembers what it knows of an address until its next life.
  if (seam::hooks) return;
  unmapping_.store(true, std::memory_order_seq_cst);
  std::size_t most = 0;
  {
    ScopedLock hold(lock_);
    most = slabs_.size();
  }
  Scratch<std::byte*> cold(most);
  const std::size_t count = forget_cold_slabs(cold);
  for (std::size_t i = 0; i < count; ++i) {
    munmap(cold[i], kSlotsPerSlab * stack_bytes_);
  }
  unmapping_.store(false, std::memory_order_release);
}

// Returns how many; `cold` gets their memory, which is nobody's now.
std::size_t StackPool::forget_cold_slabs(Scratch<std::byte*>& cold) {
  ScopedLock hold(lock_);
  if (visitors_ > 0 || guarded_by_mprotect_ > 0 || scheduler().stopping() ||
      scheduler().paused()) {
    return 0;
  }
  std::size_t count = 0;
  std::size_t kept = 0;
  for (Slab* slab : slabs_) {
    if (slab == newest_ || !slab->cold.all() || count == cold.size()) {
      slabs_[kept++] = slab;
      continue;
    }
    cold[count++] = slab->base;
    delete_slab(slab);
  }
  slabs_.resize(kept);
  slabs_.shrink_to_fit();
  cold_ -= count * kSlotsPerSlab;
  cold_hint_ = 0;
  return count;
}

void StackPool::wait_for_unmapping() const {
  unsigned round = 0;
  while (unmapping_.load(std::memory_order_seq_cst)) spin_wait(round);
}

Goroutine* StackPool::owner(const void* address) {
  ScopedLock hold(lock_);
  const Slab* slab = slab_of(address);
  if (!slab) return large_stacks().owner(address);
  const auto slot = static_cast<std::size_t>(
                        static_cast<const std::byte*>(address) - slab->base) /
                    stack_bytes_;
  return header(slab->base + slot * stack_bytes_);
}

bool StackPool::in_guard(const void* address) {
  Goroutine* goroutine = owner(address);
  return goroutine &&
         static_cast<const std::byte*>(address) < goroutine->stack_low;
}

}  // namespace csp::internal
