#include "runtime/src/heap_walk.h"

#include <algorithm>

namespace csp::internal {

namespace {

constexpr std::uintptr_t kFlags = 7;
constexpr std::uintptr_t kPreviousInUse = 1;
constexpr std::uintptr_t kWord = sizeof(std::uintptr_t);
constexpr std::uintptr_t kAlign = 16;
constexpr std::uintptr_t kHeader = 16;
constexpr std::uintptr_t kArenaStateMax = 4096;
// A thread's cache of free blocks, which leads to what is free.
constexpr std::uintptr_t kThreadCacheChunk = 0x290;

std::uintptr_t size_of_chunk(std::uintptr_t chunk) {
  return word_at(chunk + kWord) & ~kFlags;
}

}  // namespace

bool HeapWalk::walk(Range memory, Heap& heap) {
  std::uintptr_t chunk = memory.low;
  while (chunk + 2 * kHeader <= memory.high) {
    const std::uintptr_t size = size_of_chunk(chunk);
    if (size < 2 * kHeader || size % kAlign != 0 ||
        size > memory.high - chunk) {
      return false;
    }
    heap.chunks.push_back(chunk);
    chunk += size;
  }
  // The last one, which has not been given out yet, reaches to the end.
  if (heap.chunks.empty() || chunk != memory.high) return false;
  heap.chunks.push_back(chunk);
  heap.memory = memory;
  return true;
}

Range HeapWalk::add(const Range& memory, bool is_main_heap) {
  if (is_main_heap) {
    Heap heap;
    if (!walk(memory, heap)) return memory;
    main_top_ = *(heap.chunks.end() - 2);
    learn_cached_mark(heap);
    heaps_.push_back(std::move(heap));
    return {};
  }
  if (memory.low % kArenaAlign != 0) return memory;
  // The arena, the heap before, and the size.
  const std::uintptr_t arena = word_at(memory.low);
  const std::uintptr_t size = word_at(memory.low + 2 * kWord);
  if (arena == 0 || size < kArenaStateMax || size > memory.high - memory.low) {
    return memory;
  }
  const Range used{memory.low, memory.low + size};
  for (std::uintptr_t skip = 2 * kHeader; skip < kArenaStateMax;
       skip += kAlign) {
    Heap heap;
    if (!walk({used.low + skip, used.high}, heap)) continue;
    if (cached_mark_ == 0) learn_cached_mark(heap);
    heaps_.push_back(std::move(heap));
    return {used.high, memory.high};
  }
  return memory;
}

void HeapWalk::learn_cached_mark(const Heap& heap) {
  constexpr std::uintptr_t kLists = 64;
  const std::uintptr_t cache = heap.chunks.front();
  if (size_of_chunk(cache) != kThreadCacheChunk) return;
  const std::uintptr_t lists = cache + kHeader + kLists * 2;
  for (std::uintptr_t i = 0; i < kLists; ++i) {
    const std::uintptr_t block = word_at(lists + i * kWord);
    if (!heap.memory.covers(block) || block % kAlign != 0) continue;
    cached_mark_ = word_at(block + kWord);
    return;
  }
}

Range HeapWalk::find_main_arena(const Range& memory) const {
  // Before `top`: a lock, flags and ten lists of small chunks.
  constexpr std::uintptr_t kTop = 0x60;
  constexpr std::uintptr_t kRings = kTop + 2 * kWord;
  constexpr std::uintptr_t kRingCount = 127;
  constexpr std::uintptr_t kState = 0x898;
  if (main_top_ == 0) return {};
  const std::uintptr_t first = (memory.low + kWord - 1) & ~(kWord - 1);
  for (std::uintptr_t arena = first; arena + kState <= memory.high;
       arena += kWord) {
    if (word_at(arena + kTop) != main_top_) continue;
    std::uintptr_t empty = 0;
    for (std::uintptr_t i = 0; i < kRingCount; ++i) {
      const std::uintptr_t ring = arena + kRings + i * 2 * kWord;
      const std::uintptr_t self = ring - kHeader;  // as if it were a chunk
      empty += word_at(ring) == self && word_at(ring + kWord) == self ? 1 : 0;
    }
    if (empty > kRingCount / 2) return {arena, arena + kState};
  }
  return {};
}

bool HeapWalk::knows(std::uintptr_t address) const {
  return std::any_of(heaps_.begin(), heaps_.end(), [&](const Heap& heap) {
    return heap.memory.covers(address);
  });
}

Range HeapWalk::block(std::uintptr_t address) const {
  for (const Heap& heap : heaps_) {
    if (!heap.memory.covers(address)) continue;
    const auto after =
        std::upper_bound(heap.chunks.begin(), heap.chunks.end(), address);
    if (after == heap.chunks.begin() || after == heap.chunks.end()) return {};
    auto at = after - 1;
    // The first word of a chunk is the last of the block before.
    if (address < *at + kHeader) {
      if (address >= *at + kWord || at == heap.chunks.begin()) {
        return {};
      }
      --at;
    }
    const std::uintptr_t chunk = *at;
    const std::uintptr_t next = *(at + 1);
    const bool is_last = next == heap.memory.high;
    const bool is_cache =
        at == heap.chunks.begin() && next - chunk == kThreadCacheChunk;
    if (is_last || is_cache) return {};
    const bool in_use = (word_at(next + kWord) & kPreviousInUse) != 0;
    if (!in_use) return {};
    const bool is_cached =
        cached_mark_ != 0 && word_at(chunk + kHeader + kWord) == cached_mark_;
    if (is_cached) return {};
    return {chunk + kHeader, next + kWord};
  }
  return {};
}

}  // namespace csp::internal
