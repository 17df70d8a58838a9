// Stacks for goroutines: slices of large reserved mappings.
//
// A slot is kStackBytes of address space, committed by touch, with a guard at
// its low end. Guards are page-table markers (MADV_GUARD_INSTALL, Linux 6.13)
// that cost no mapping each, so a million slots fit under the default
// vm.max_map_count; on older kernels the first kGuardedMax slots are guarded
// by mprotect and later ones not at all.
//
// Freed slots stay committed for reuse. The monitor gives the memory of those
// back that nobody has asked for during a while (trim()).
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "runtime/src/goroutine.h"
#include "runtime/src/lock.h"

namespace csp::internal {

inline constexpr std::size_t kPageBytes = 4096;
inline constexpr std::size_t kStackBytes = 256 * 1024;
inline constexpr std::size_t kSlotsPerSlab = 256;

class StackPool {
 public:
  /// A slot with a fresh Goroutine at its top; null if there is no memory.
  Goroutine* take() CSP_EXCLUDES(lock_);
  /// Takes up to out.size() slots; returns how many it took.
  std::size_t take(std::span<Goroutine*> out) CSP_EXCLUDES(lock_);
  /// Gives slots of dead goroutines back.
  void give(std::span<Goroutine* const> slots) CSP_EXCLUDES(lock_);
  /// Gives memory back to the system, a part of what was not needed since the
  /// last call. Returns whether it should be called again, some time later.
  bool trim() CSP_EXCLUDES(lock_);

  /// Calls `visit` for every slot that was ever used, dead ones too.
  template <class Visit>
  void for_each(Visit visit) CSP_EXCLUDES(lock_) {
    std::vector<std::pair<std::byte*, std::size_t>> used;
    {
      ScopedLock hold(lock_);
      for (const Slab* slab : slabs_) used.emplace_back(slab->base, slab->used);
    }
    for (const auto& [base, count] : used) {
      for (std::size_t slot = 0; slot < count; ++slot) {
        visit(header(base + slot * kStackBytes));
      }
    }
  }
  /// Calls `visit(base, bytes)` for every slab.
  template <class Visit>
  void for_each_slab(Visit visit) CSP_EXCLUDES(lock_) {
    ScopedLock hold(lock_);
    for (const Slab* slab : slabs_) {
      visit(slab->base, kSlotsPerSlab * kStackBytes);
    }
  }
  /// The slot that covers `address`; null if none does.
  Goroutine* owner(const void* address) CSP_EXCLUDES(lock_);
  /// Whether `address` lies in a slot's guard.
  bool in_guard(const void* address) CSP_EXCLUDES(lock_);

  static Goroutine* header(std::byte* slot) {
    return reinterpret_cast<Goroutine*>(slot + kStackBytes - kHeaderBytes);
  }
  static std::byte* slot_of(Goroutine* goroutine) {
    return reinterpret_cast<std::byte*>(goroutine) + kHeaderBytes - kStackBytes;
  }

 private:
  friend struct DebugLayoutAccess;
  friend class Fork;

  struct Slab {
    std::byte* base = nullptr;
    std::size_t used = 0;             // slots that were ever taken
    std::bitset<kSlotsPerSlab> cold;  // free, their memory given back
  };
  static constexpr std::size_t kHeaderBytes = (sizeof(Goroutine) + 63) & ~63ul;
  static constexpr std::size_t kWarmKept = 64;       // never trimmed
  static constexpr std::size_t kGuardedMax = 16384;  // by mprotect

  Goroutine* take_locked() CSP_REQUIRES(lock_);
  Goroutine* take_cold() CSP_REQUIRES(lock_);
  bool add_slab() CSP_REQUIRES(lock_);
  Slab* slab_of(const void* address) CSP_REQUIRES(lock_);
  void guard(std::byte* slot) CSP_REQUIRES(lock_);

  RankedLock<LockRank::kStacks> lock_;
  std::vector<Slab*> slabs_ CSP_GUARDED_BY(lock_);  // by rising base; for ever
  Slab* newest_ CSP_GUARDED_BY(lock_) = nullptr;    // others are used up
  std::vector<Goroutine*> warm_ CSP_GUARDED_BY(lock_);  // still committed
  std::size_t warm_least_ CSP_GUARDED_BY(lock_) = 0;    // since trim()
  std::size_t cold_ CSP_GUARDED_BY(lock_) = 0;          // of all slabs
  std::size_t cold_hint_ CSP_GUARDED_BY(lock_) = 0;  // no slab before has one
  std::size_t guarded_by_mprotect_ CSP_GUARDED_BY(lock_) = 0;
};

}  // namespace csp::internal
