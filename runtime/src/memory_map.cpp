#include "runtime/src/memory_map.h"

#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>

namespace csp::internal {

namespace {

std::uintptr_t read_hex(std::string_view& text) {
  std::uintptr_t value = 0;
  while (!text.empty()) {
    const char c = text.front();
    const int digit = c >= '0' && c <= '9'   ? c - '0'
                      : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                             : -1;
    if (digit < 0) break;
    value = value * 16 + static_cast<std::uintptr_t>(digit);
    text.remove_prefix(1);
  }
  return value;
}

MappingKind kind_of_name(std::string_view name) {
  if (name == "[heap]") return MappingKind::kHeap;
  if (name == "[stack]") return MappingKind::kStack;
  return name.starts_with("/") ? MappingKind::kFile : MappingKind::kAnonymous;
}

// "low-high rw-p offset device inode   name"
void visit_line(std::string_view line, void (*visit)(void*, Range, MappingKind),
                void* data) {
  constexpr int kFieldsBeforeName = 3;
  Range range;
  range.low = read_hex(line);
  if (!line.starts_with("-")) return;
  line.remove_prefix(1);
  range.high = read_hex(line);
  if (!line.starts_with(" rw")) return;
  line.remove_prefix(1);
  for (int i = 0; i <= kFieldsBeforeName; ++i) {
    line.remove_prefix(std::min(line.find(' '), line.size()));
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  }
  if (line.starts_with("/dev/") && !line.starts_with("/dev/shm/") &&
      !line.starts_with("/dev/zero")) {
    return;
  }
  visit(data, range, kind_of_name(line));
}

}  // namespace

void visit_mappings(void (*visit)(void* data, Range range, MappingKind kind),
                    void* data) {
  const int descriptor = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return;
  char buffer[8192];
  std::size_t filled = 0;
  for (;;) {
    const ssize_t size =
        read(descriptor, buffer + filled, sizeof buffer - filled);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) break;
    filled += static_cast<std::size_t>(size);
    std::string_view text(buffer, filled);
    for (std::size_t end = text.find('\n'); end != text.npos;
         end = text.find('\n')) {
      visit_line(text.substr(0, end), visit, data);
      text.remove_prefix(end + 1);
    }
    std::memmove(buffer, text.data(), text.size());
    filled = text.size();
  }
  close(descriptor);
}

Range stack_of_thread() {
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return {};
  void* low = nullptr;
  std::size_t size = 0;
  pthread_attr_getstack(&attributes, &low, &size);
  pthread_attr_destroy(&attributes);
  const auto begin = reinterpret_cast<std::uintptr_t>(low);
  return {begin, begin + size};
}

MemoryMap::MemoryMap() {
  visit_mappings(
      [](void* data, Range range, MappingKind) {
        static_cast<std::vector<Range>*>(data)->push_back(range);
      },
      &ranges_);
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

}  // namespace csp::internal
