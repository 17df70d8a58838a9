// The writable memory of this process, for those who look for pointers in it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace csp::internal {

struct Range {
  std::uintptr_t low = 0;
  std::uintptr_t high = 0;  // one past the last byte
  bool covers(std::uintptr_t address) const {
    return address >= low && address < high;
  }
};

class MemoryMap {
 public:
  /// As it is now; mappings that cannot be read and written are left out, and
  /// those of devices.
  MemoryMap();

  const std::vector<Range>& ranges() const { return ranges_; }
  /// The range that covers `address`; null if none does.
  const Range* find(std::uintptr_t address) const;

 private:
  std::vector<Range> ranges_;  // by rising address, disjoint
};

/// The usable size that glibc's malloc noted before `address`, if a block of
/// its own begins there; else something small. Never beyond `limit`.
std::size_t block_size_at(std::uintptr_t address, std::size_t limit);

}  // namespace csp::internal
