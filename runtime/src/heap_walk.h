// The blocks of glibc's malloc, from what it notes in front of each.
//
// Known layout (malloc/malloc.c of glibc 2.26 to 2.41): a chunk begins with
// the size of the one before and its own, whose low three bits are flags: bit
// 0, the one before is in use. Chunks follow each other without gaps. A heap of
// another thread than the first is aligned to 64 MB, begins with a pointer to
// its arena and holds that arena's state before its chunks. Where the chunks
// do not follow each other in this way, the memory is not taken for a heap.
// The first thread's arena is a variable of libc's: the chunk that has not been
// given out yet, the remainder of the last split, and 127 rings of free chunks,
// each empty one leading to itself. A thread's cache, the first chunk of a
// heap, keeps 64 counts of two bytes and as many lists of free blocks, which
// count as in use; since glibc 2.29 the second word of each is the same for
// all.
#pragma once

#include <cstddef>
#include <cstdint>

#include "runtime/src/memory_map.h"
#include "runtime/src/scan_memory.h"

namespace csp::internal {

class HeapWalk {
 public:
  static constexpr std::uintptr_t kArenaAlign = std::uintptr_t{64} << 20;

  /// Looks whether `memory`, a mapping, is a heap; then its blocks are known.
  /// Returns the part that is not: to be looked through as a whole.
  Range add(const Range& memory, bool is_main_heap);

  /// The state of the first thread's arena, if it lies in `memory`: it leads to
  /// what is free and to what was. After add() of the main heap.
  Range find_main_arena(const Range& memory) const;

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
  void learn_cached_mark(const Heap& heap);

  ScanVector<Heap> heaps_;
  std::uintptr_t main_top_ = 0;     // its chunk that has not been given out yet
  std::uintptr_t cached_mark_ = 0;  // the second word of a cached free block
};

}  // namespace csp::internal
