// Stacks for goroutines: slices of large reserved mappings.
//
// A slot is stack_bytes() of address space, committed by touch, with a guard at
// its low end. Guards are page-table markers (MADV_GUARD_INSTALL, Linux 6.13)
// that cost no mapping each, so a million slots fit under the default
// vm.max_map_count; on older kernels the first kGuardedMax slots are guarded
// by mprotect and later ones not at all.
//
// Freed slots stay committed for reuse. The monitor gives the memory of those
// back that nobody has asked for during a while (trim()).
#pragma once

#include <atomic>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "runtime/src/goroutine.h"
#include "runtime/src/lock.h"
#include "runtime/src/page_allocator.h"

namespace csp::internal {

inline constexpr std::size_t kPageBytes = 4096;
inline constexpr std::size_t kStackBytesDefault = 256 * 1024;
inline constexpr std::size_t kSlotsPerSlab = 256;

class StackPool {
 public:
  /// Of every slot. Requires: before the first slot is taken.
  void set_stack_bytes(std::size_t bytes) { stack_bytes_ = bytes; }
  std::size_t stack_bytes() const { return stack_bytes_; }

  /// A slot with a fresh Goroutine at its top; null if there is no memory.
  Goroutine* take() CSP_EXCLUDES(lock_);
  /// Takes up to out.size() slots; returns how many it took.
  std::size_t take(std::span<Goroutine*> out) CSP_EXCLUDES(lock_);
  /// Gives slots of dead goroutines back.
  void give(std::span<Goroutine* const> slots) CSP_EXCLUDES(lock_);
  /// Gives memory back to the system, a part of what was not needed since the
  /// last call. Returns whether it should be called again, some time later.
  bool trim() CSP_EXCLUDES(lock_);

  /// Makes the stack of `goroutine` that of its slot.
  void use_own_stack(Goroutine& goroutine) const;

  /// Calls `visit` for every slot that is in use or may soon be, dead ones too.
  template <class Visit>
  void for_each(Visit visit) CSP_EXCLUDES(lock_) {
    PageVector<Slab> slabs;
    {
      ScopedLock hold(lock_);
      for (const Slab* slab : slabs_) slabs.push_back(*slab);
      ++visitors_;
    }
    for (const Slab& slab : slabs) {
      for (std::size_t slot = 0; slot < slab.used; ++slot) {
        if (slab.cold.test(slot)) continue;
        visit(header(slab.base + slot * stack_bytes_));
      }
    }
    ScopedLock hold(lock_);
    --visitors_;
  }
  /// Calls `visit(base, bytes)` for every slab.
  template <class Visit>
  void for_each_slab(Visit visit) CSP_EXCLUDES(lock_) {
    ScopedLock hold(lock_);
    for (const Slab* slab : slabs_) {
      visit(slab->base, kSlotsPerSlab * stack_bytes_);
    }
  }
  /// Returns when no slab is being unmapped: nor will one be while the world
  /// stands still.
  void wait_for_unmapping() const;

  /// Whose stack, large ones too, or guard below it, covers `address`; null:
  /// nobody's.
  Goroutine* owner(const void* address) CSP_EXCLUDES(lock_);
  /// Whether `address` lies in the guard of a stack.
  bool in_guard(const void* address) CSP_EXCLUDES(lock_);

  Goroutine* header(std::byte* slot) const {
    return reinterpret_cast<Goroutine*>(slot + stack_bytes_ - kHeaderBytes);
  }
  std::byte* slot_of(Goroutine* goroutine) const {
    return reinterpret_cast<std::byte*>(goroutine) + kHeaderBytes -
           stack_bytes_;
  }

 private:
  friend struct DebugLayoutAccess;
  friend class Fork;

  struct Slab {
    std::byte* base = nullptr;
    std::size_t used = 0;             // slots that were ever taken
    std::size_t slot_bytes = 0;       // for debuggers
    std::bitset<kSlotsPerSlab> cold;  // free, their memory given back
  };
  static constexpr std::size_t kHeaderBytes = (sizeof(Goroutine) + 63) & ~63ul;
  static constexpr std::size_t kWarmKept = 16;       // never trimmed
  static constexpr std::size_t kGuardedMax = 16384;  // by mprotect

  Goroutine* make_header(std::byte* slot) const;
  template <class T>
  class Scratch;
  struct SlabPage;
  Slab* new_slab() CSP_REQUIRES(lock_);
  void delete_slab(Slab* slab) CSP_REQUIRES(lock_);
  std::span<std::byte*> take_unneeded(Scratch<std::byte*>& scratch)
      CSP_EXCLUDES(lock_);
  void unmap_cold_slabs() CSP_EXCLUDES(lock_);
  std::size_t forget_cold_slabs(Scratch<std::byte*>& cold) CSP_EXCLUDES(lock_);
  Goroutine* take_locked() CSP_REQUIRES(lock_);
  Goroutine* take_cold() CSP_REQUIRES(lock_);
  bool make_room_for_slab() CSP_REQUIRES(lock_);
  bool add_slab() CSP_REQUIRES(lock_);
  Slab* slab_of(const void* address) CSP_REQUIRES(lock_);
  void guard(std::byte* slot) CSP_REQUIRES(lock_);

  std::size_t stack_bytes_ = kStackBytesDefault;  // constant after start
  std::atomic<bool> unmapping_{false};

  RankedLock<LockRank::kStacks> lock_;
  PageVector<Slab*> slabs_ CSP_GUARDED_BY(lock_);  // by rising base; for ever
  Slab* newest_ CSP_GUARDED_BY(lock_) = nullptr;    // others are used up
  SlabPage* slab_page_ CSP_GUARDED_BY(lock_) = nullptr;  // not full
  PageVector<Goroutine*> warm_ CSP_GUARDED_BY(lock_);    // still committed
  std::size_t warm_least_ CSP_GUARDED_BY(lock_) = 0;     // since trim()
  std::size_t cold_ CSP_GUARDED_BY(lock_) = 0;           // of all slabs
  std::size_t cold_hint_ CSP_GUARDED_BY(lock_) = 0;  // no slab before has one
  int visitors_ CSP_GUARDED_BY(lock_) = 0;  // in for_each(): unmap nothing
  std::size_t guarded_by_mprotect_ CSP_GUARDED_BY(lock_) = 0;
};

}  // namespace csp::internal
