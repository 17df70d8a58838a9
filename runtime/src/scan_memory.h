// Memory for those who look through all memory: it is not looked through
// itself, and what is kept in it keeps nothing alive.
#pragma once

#include <cstddef>
#include <new>
#include <vector>

#include "runtime/src/memory_map.h"

namespace csp::internal {

/// Hands out memory and takes it all back at its end. One at a time.
class ScanMemory {
 public:
  /// Takes address space; what is not touched costs nothing.
  ScanMemory();
  ~ScanMemory();
  ScanMemory(const ScanMemory&) = delete;
  ScanMemory& operator=(const ScanMemory&) = delete;
  /// Whether there is any.
  explicit operator bool() const;

  static void* take(std::size_t bytes, std::size_t align);
  static Range range();
};

template <class T>
struct ScanAllocator {
  using value_type = T;
  ScanAllocator() = default;
  template <class U>
  ScanAllocator(const ScanAllocator<U>&) {}
  T* allocate(std::size_t count) {
    return static_cast<T*>(ScanMemory::take(count * sizeof(T), alignof(T)));
  }
  void deallocate(T*, std::size_t) {}
  bool operator==(const ScanAllocator&) const { return true; }
};

template <class T>
using ScanVector = std::vector<T, ScanAllocator<T>>;

/// Sorts `ranges`; those that overlap or touch become one.
void join(ScanVector<Range>& ranges);

/// The one of `ranges` that covers `address`; null: none. Requires: they rise
/// and are apart.
const Range* range_of(const ScanVector<Range>& ranges, std::uintptr_t address);

/// Addresses that were met. Zero is none.
class AddressSet {
 public:
  /// Returns whether it is new.
  bool insert(std::uintptr_t address);
  std::size_t size() const { return size_; }
  void clear();

 private:
  std::size_t place_of(std::uintptr_t address) const;

  ScanVector<std::uintptr_t> places_;  // open, at most half full
  std::size_t size_ = 0;
};

}  // namespace csp::internal
