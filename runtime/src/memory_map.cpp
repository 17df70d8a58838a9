#include "runtime/src/memory_map.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <string>

namespace csp::internal {

namespace {

std::string read_file(const char* path) {
  std::string text;
  const int descriptor = open(path, O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return text;
  char buffer[16384];
  for (;;) {
    const ssize_t size = read(descriptor, buffer, sizeof buffer);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) break;
    text.append(buffer, static_cast<std::size_t>(size));
  }
  close(descriptor);
  return text;
}

}  // namespace

MemoryMap::MemoryMap() {
  const std::string text = read_file("/proc/self/maps");
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string line = text.substr(begin, end - begin);
    begin = end + 1;
    unsigned long low = 0;
    unsigned long high = 0;
    char access[5] = {};
    if (std::sscanf(line.c_str(), "%lx-%lx %4s", &low, &high, access) != 3) {
      continue;
    }
    if (access[0] != 'r' || access[1] != 'w') continue;
    if (line.find(" /dev/") != line.npos) continue;
    ranges_.push_back({low, high});
  }
}

const Range* MemoryMap::find(std::uintptr_t address) const {
  const auto after =
      std::upper_bound(ranges_.begin(), ranges_.end(), address,
                       [](std::uintptr_t value, const Range& range) {
                         return value < range.low;
                       });
  if (after == ranges_.begin()) return nullptr;
  const Range& range = *(after - 1);
  return range.covers(address) ? &range : nullptr;
}

std::size_t block_size_at(std::uintptr_t address, std::size_t limit) {
  constexpr std::size_t kSmall = 64;
  constexpr std::size_t kAlign = 16;
  constexpr std::size_t kFlags = 7;  // glibc keeps them in the size
  if (address % kAlign != 0) return std::min(kSmall, limit);
  const std::size_t noted =
      *reinterpret_cast<const std::size_t*>(address - sizeof(std::size_t));
  const std::size_t size = noted & ~kFlags;
  if (size < 2 * kAlign || size % kAlign != 0 || size > limit) {
    return std::min(kSmall, limit);
  }
  return size - sizeof(std::size_t);
}

}  // namespace csp::internal
