#include "detector/src/instrument/spare_memory.h"

#include <algorithm>
#include <atomic>
#include <cstdint>

#include "detector/src/race/reserved.h"

namespace chansan::live {

namespace {

constexpr std::size_t kBytes = std::size_t{64} << 20;
constexpr std::size_t kAlignment = 16;

std::uintptr_t begin = 0;  // constant once the program runs
std::atomic<std::size_t> used{0};

}  // namespace

void reserve_spare_memory() {
  begin = reinterpret_cast<std::uintptr_t>(race::reserve(kBytes));
}

void* take_spare_memory(std::size_t size, std::size_t alignment) {
  if (begin == 0 || size > kBytes) return nullptr;
  alignment = std::max(alignment, kAlignment);
  // So much that it can be aligned, wherever it begins.
  const std::size_t room =
      (size + alignment + kAlignment - 1) / kAlignment * kAlignment;
  std::size_t at = used.load(std::memory_order_relaxed);
  do {
    if (room > kBytes - at) return nullptr;
  } while (!used.compare_exchange_weak(at, at + room));
  const std::uintptr_t place = begin + at + alignment - 1;
  return reinterpret_cast<void*>(place / alignment * alignment);
}

bool is_spare_memory(const void* block) {
  const auto address = reinterpret_cast<std::uintptr_t>(block);
  return address - begin < kBytes && begin != 0;
}

}  // namespace chansan::live
