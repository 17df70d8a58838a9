#include "runtime/src/stack_pool.h"

#include <sys/mman.h>

#include <algorithm>
#include <iterator>
#include <new>

#include "runtime/src/monitor.h"
#include "runtime/src/sanitizer.h"

#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102
#endif

namespace csp::internal {

namespace {

Goroutine* make_header(std::byte* slot) {
  auto* goroutine = ::new (StackPool::header(slot)) Goroutine;
  goroutine->stack_low = slot + kPageBytes;
  goroutine->stack_high = reinterpret_cast<std::byte*>(goroutine);
  return goroutine;
}

}  // namespace

bool StackPool::add_slab() {
  void* base =
      mmap(nullptr, kSlotsPerSlab * kStackBytes, PROT_READ | PROT_WRITE,
           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
  if (base == MAP_FAILED) return false;
  // A huge page per stack would commit 2 MiB for each.
  madvise(base, kSlotsPerSlab * kStackBytes, MADV_NOHUGEPAGE);
  newest_ = new Slab;
  newest_->base = static_cast<std::byte*>(base);
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
  return at < slab->base + slab->used * kStackBytes ? slab : nullptr;
}

Goroutine* StackPool::take_cold() {
  while (slabs_[cold_hint_]->cold.none()) ++cold_hint_;
  Slab& slab = *slabs_[cold_hint_];
  const std::size_t slot = slab.cold._Find_first();
  slab.cold.reset(slot);
  --cold_;
  return make_header(slab.base + slot * kStackBytes);
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
  std::byte* slot = newest_->base + newest_->used * kStackBytes;
  guard(slot);
  Goroutine* goroutine = make_header(slot);
  ++newest_->used;
  return goroutine;
}

Goroutine* StackPool::take() {
  ScopedLock hold(lock_);
  return take_locked();
}

std::size_t StackPool::take(std::span<Goroutine*> out) {
  ScopedLock hold(lock_);
  std::size_t taken = 0;
  while (taken < out.size()) {
    Goroutine* goroutine = take_locked();
    if (!goroutine) break;
    out[taken++] = goroutine;
  }
  return taken;
}

void StackPool::give(std::span<Goroutine* const> slots) {
  bool first = false;
  {
    ScopedLock hold(lock_);
    first = warm_.size() <= kWarmKept;
    warm_.insert(warm_.end(), slots.begin(), slots.end());
    first = first && warm_.size() > kWarmKept;
  }
  if (first) monitor().trim_stacks();
}

bool StackPool::trim() {
  constexpr std::size_t kAtOnce = 16384;
  std::vector<std::byte*> slots;
  bool again = false;
  {
    ScopedLock hold(lock_);
    const std::size_t unneeded = std::min(
        warm_least_,
        warm_.size() > kWarmKept ? warm_.size() - kWarmKept : std::size_t{0});
    // The oldest, from the front: what was freed last is in the caches.
    const std::size_t count =
        std::min(unneeded, std::max(kAtOnce, unneeded / 2));
    for (Goroutine* goroutine : std::span(warm_).first(count)) {
      slots.push_back(slot_of(goroutine));
    }
    warm_.erase(warm_.begin(),
                warm_.begin() + static_cast<std::ptrdiff_t>(count));
    warm_least_ = warm_.size();
    again = warm_.size() > kWarmKept;
    if (!again) warm_.shrink_to_fit();
  }
  // Neighbours in one call. The guards survive MADV_DONTNEED.
  std::sort(slots.begin(), slots.end());
  for (std::size_t i = 0; i < slots.size();) {
    std::size_t end = i + 1;
    while (end < slots.size() && slots[end] == slots[end - 1] + kStackBytes) {
      ++end;
    }
    madvise(slots[i], (end - i) * kStackBytes, MADV_DONTNEED);
    i = end;
  }
  ScopedLock hold(lock_);
  for (const std::byte* slot : slots) {
    Slab& slab = *slab_of(slot);
    slab.cold.set(static_cast<std::size_t>(slot - slab.base) / kStackBytes);
  }
  cold_ += slots.size();
  cold_hint_ = 0;
  return again;
}

Goroutine* StackPool::owner(const void* address) {
  ScopedLock hold(lock_);
  const Slab* slab = slab_of(address);
  if (!slab) return nullptr;
  const auto slot = static_cast<std::size_t>(
                        static_cast<const std::byte*>(address) - slab->base) /
                    kStackBytes;
  return header(slab->base + slot * kStackBytes);
}

bool StackPool::in_guard(const void* address) {
  Goroutine* goroutine = owner(address);
  return goroutine && static_cast<const std::byte*>(address) <
                          slot_of(goroutine) + kPageBytes;
}

}  // namespace csp::internal
