// The blocks of glibc's malloc, from what it notes in front of each.
//
// Known layout (malloc/malloc.c of glibc 2.26 to 2.41): a chunk begins with
// the size of the one before and its own, whose low three bits are flags: bit
// 0, the one before is in use. Chunks follow each other without gaps. A heap of
// another thread than the first is aligned to 64 MB, begins with a pointer to
// its arena and holds that arena's state before its chunks. Where the chunks
// do not follow each other in this way, the memory is not taken for a heap.
#pragma once

#include <cstddef>
#include <cstdint>

#include "runtime/src/memory_map.h"
#include "runtime/src/scan_memory.h"

namespace csp::internal {

class HeapWalk {
 public:
  /// Looks whether `memory`, a mapping, is a heap; then its blocks are known.
  /// Returns the part that is not: to be looked through as a whole.
  Range add(const Range& memory, bool is_main_heap);

  /// The block in use that covers `address`; empty: none that is known.
  Range block(std::uintptr_t address) const;
  /// Whether `address` lies in a heap whose blocks are known.
  bool knows(std::uintptr_t address) const;

 private:
  struct Heap {
    Range memory;
    ScanVector<std::uintptr_t> chunks;  // by rising address, then the end
  };
  static bool walk(Range memory, Heap& heap);

  ScanVector<Heap> heaps_;
};

}  // namespace csp::internal
