#include "runtime/src/stack_pool.h"

#include <sys/mman.h>

#include <algorithm>
#include <new>

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
  slabs_.push_back({static_cast<std::byte*>(base), 0});
  return true;
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
    return goroutine;
  }
  if (!cold_.empty()) {
    std::byte* slot = cold_.back();
    cold_.pop_back();
    return make_header(slot);
  }
  if ((slabs_.empty() || slabs_.back().used == kSlotsPerSlab) && !add_slab()) {
    return nullptr;
  }
  Slab& slab = slabs_.back();
  std::byte* slot = slab.base + slab.used * kStackBytes;
  guard(slot);
  Goroutine* goroutine = make_header(slot);
  ++slab.used;
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
  std::size_t kept = 0;
  {
    ScopedLock hold(lock_);
    while (kept < slots.size() && warm_.size() < kWarmMax) {
      warm_.push_back(slots[kept++]);
    }
  }
  if (kept == slots.size()) return;
  // The guard survives MADV_DONTNEED.
  for (Goroutine* goroutine : slots.subspan(kept)) {
    madvise(slot_of(goroutine) + kPageBytes, kStackBytes - kPageBytes,
            MADV_DONTNEED);
  }
  ScopedLock hold(lock_);
  for (Goroutine* goroutine : slots.subspan(kept)) {
    cold_.push_back(slot_of(goroutine));
  }
}

Goroutine* StackPool::owner(const void* address) {
  const auto* at = static_cast<const std::byte*>(address);
  ScopedLock hold(lock_);
  for (const Slab& slab : slabs_) {
    if (at < slab.base || at >= slab.base + slab.used * kStackBytes) continue;
    const auto slot = static_cast<std::size_t>(at - slab.base) / kStackBytes;
    return header(slab.base + slot * kStackBytes);
  }
  return nullptr;
}

bool StackPool::in_guard(const void* address) {
  Goroutine* goroutine = owner(address);
  return goroutine && static_cast<const std::byte*>(address) <
                          slot_of(goroutine) + kPageBytes;
}

}  // namespace csp::internal
