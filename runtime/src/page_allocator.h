// Memory in whole pages, for what grows to megabytes with the goroutines and
// shrinks again: the heap would keep it, in the middle of what the program has
// there.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <new>
#include <vector>

namespace csp::internal {

/// Null if there is no memory.
inline void* map_pages(std::size_t bytes) {
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return memory == MAP_FAILED ? nullptr : memory;
}

template <class T>
struct PageAllocator {
  using value_type = T;
  PageAllocator() = default;
  template <class U>
  PageAllocator(const PageAllocator<U>&) {}
  T* allocate(std::size_t count) {
    void* memory = map_pages(count * sizeof(T));
    if (!memory) throw std::bad_alloc();
    return static_cast<T*>(memory);
  }
  void deallocate(T* first, std::size_t count) {
    munmap(first, count * sizeof(T));
  }
  friend bool operator==(const PageAllocator&, const PageAllocator&) {
    return true;
  }
};

template <class T>
using PageVector = std::vector<T, PageAllocator<T>>;

}  // namespace csp::internal
