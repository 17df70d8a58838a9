// Memory that is reserved as a whole and committed page by page by touch.
#pragma once

#include <sys/mman.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <new>

namespace chansan::race {

struct ReservedRange {
  std::uintptr_t low = 0;
  std::uintptr_t high = 0;
};
/// Where reserve() has reserved, for who looks through all memory.
inline constexpr std::size_t kReservedMax = std::size_t{1} << 16;
inline std::atomic<std::size_t> reserved_count{0};
inline ReservedRange reserved_ranges[kReservedMax];

/// Address space for `bytes` zero bytes, or null. Costs nothing until touched.
inline void* reserve(std::size_t bytes) {
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return nullptr;
  // Shadow is touched sparsely: a huge page would commit 512 times the need.
  madvise(memory, bytes, MADV_NOHUGEPAGE);
  const std::size_t place = reserved_count.fetch_add(1);
  if (place < kReservedMax) {
    const auto low = reinterpret_cast<std::uintptr_t>(memory);
    reserved_ranges[place] = {low, low + bytes};
  }
  return memory;
}

/// A fixed array of T that is all zero bytes until written.
template <typename T>
class ReservedArray {
 public:
  explicit ReservedArray(std::size_t count)
      : count_(count), data_(static_cast<T*>(reserve(count * sizeof(T)))) {
    if (data_ == nullptr) throw std::bad_alloc();
  }
  ReservedArray(const ReservedArray&) = delete;
  ReservedArray& operator=(const ReservedArray&) = delete;
  ~ReservedArray() { munmap(data_, count_ * sizeof(T)); }

  T& operator[](std::size_t index) { return data_[index]; }
  const T& operator[](std::size_t index) const { return data_[index]; }
  std::size_t size() const { return count_; }
  T* data() { return data_; }

 private:
  const std::size_t count_;
  T* const data_;
};

}  // namespace chansan::race
