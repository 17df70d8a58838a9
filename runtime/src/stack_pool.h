// Stacks for goroutines: slices of large reserved mappings.
//
// A slot is kStackBytes of address space, committed by touch, with a guard at
// its low end. Guards are page-table markers (MADV_GUARD_INSTALL, Linux 6.13)
// that cost no mapping each, so a million slots fit under the default
// vm.max_map_count; on older kernels the first kGuardedMax slots are guarded
// by mprotect and later ones not at all.
//
// The pool keeps freed slots committed for reuse up to a bound and gives the
// memory of the rest back at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
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

  /// Calls `visit` for every slot that was ever used, dead ones too.
  template <class Visit>
  void for_each(Visit visit) CSP_EXCLUDES(lock_) {
    std::vector<Slab> slabs;
    {
      ScopedLock hold(lock_);
      slabs = slabs_;
    }
    for (const Slab& slab : slabs) {
      for (std::size_t slot = 0; slot < slab.used; ++slot) {
        visit(header(slab.base + slot * kStackBytes));
      }
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
  struct Slab {
    std::byte* base;
    std::size_t used;  // slots that were ever taken
  };
  static constexpr std::size_t kHeaderBytes = (sizeof(Goroutine) + 63) & ~63ul;
  static constexpr std::size_t kWarmMax = 4096;      // freed slots kept warm
  static constexpr std::size_t kGuardedMax = 16384;  // by mprotect

  Goroutine* take_locked() CSP_REQUIRES(lock_);
  bool add_slab() CSP_REQUIRES(lock_);
  void guard(std::byte* slot) CSP_REQUIRES(lock_);

  RankedLock<LockRank::kStacks> lock_;
  std::vector<Slab> slabs_ CSP_GUARDED_BY(lock_);
  std::vector<Goroutine*> warm_ CSP_GUARDED_BY(lock_);  // still committed
  std::vector<std::byte*> cold_ CSP_GUARDED_BY(lock_);  // given back
  std::size_t guarded_by_mprotect_ CSP_GUARDED_BY(lock_) = 0;
};

}  // namespace csp::internal
