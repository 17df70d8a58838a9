// The writable memory of this process, for those who look for pointers in it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "runtime/src/sanitizer.h"

namespace csp::internal {

struct Range {
  std::uintptr_t low = 0;
  std::uintptr_t high = 0;  // one past the last byte
  bool covers(std::uintptr_t address) const {
    return address >= low && address < high;
  }
  bool empty() const { return low >= high; }
};

inline bool is_lower(const Range& a, const Range& b) { return a.low < b.low; }

/// Whoever it belongs to.
CSP_READS_ANYTHING inline std::uintptr_t word_at(std::uintptr_t address) {
  return *reinterpret_cast<const std::uintptr_t*>(address);
}

enum class MappingKind : std::uint8_t {
  kAnonymous,
  kHeap,   // of the first arena of malloc
  kStack,  // of the first OS thread
  kFile,
};

/// Calls `visit(data, range, kind)` for each mapping that can be read and
/// written, by rising address; devices are left out. Allocates nothing.
void visit_mappings(void (*visit)(void* data, Range range, MappingKind kind),
                    void* data);

/// Of the OS thread that asks; empty if the system does not say.
Range stack_of_thread();

class MemoryMap {
 public:
  /// As it is now.
  MemoryMap();

  /// The mapping that covers `address`; null if none does.
  const Range* find(std::uintptr_t address) const;

 private:
  std::vector<Range> ranges_;
};

}  // namespace csp::internal
