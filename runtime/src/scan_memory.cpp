#include "runtime/src/scan_memory.h"

#include <sys/mman.h>

#include <algorithm>

#include "runtime/src/check.h"

namespace csp::internal {

namespace {

std::byte* memory = nullptr;
std::size_t room = 0;
std::size_t used = 0;

}  // namespace

// Less where address space is limited: what is looked through is less, too.
ScanMemory::ScanMemory() {
  CSP_CHECK(!memory);
  constexpr std::size_t kMost = std::size_t{1} << 34;
  constexpr std::size_t kLeast = std::size_t{1} << 28;
  for (std::size_t bytes = kMost; !memory && bytes >= kLeast; bytes /= 4) {
    void* got = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (got == MAP_FAILED) continue;
    memory = static_cast<std::byte*>(got);
    room = bytes;
  }
  used = 0;
}

ScanMemory::~ScanMemory() {
  if (memory) munmap(memory, room);
  memory = nullptr;
  room = 0;
}

ScanMemory::operator bool() const { return memory != nullptr; }

void* ScanMemory::take(std::size_t bytes, std::size_t align) {
  used = (used + align - 1) / align * align;
  if (used > room || bytes > room - used) throw std::bad_alloc();
  void* taken = memory + used;
  used += bytes;
  return taken;
}

Range ScanMemory::range() {
  const auto low = reinterpret_cast<std::uintptr_t>(memory);
  return {low, low + room};
}

void join(ScanVector<Range>& ranges) {
  if (ranges.empty()) return;
  std::sort(ranges.begin(), ranges.end(), is_lower);
  std::size_t last = 0;
  for (const Range& each : ranges) {
    if (each.low <= ranges[last].high) {
      ranges[last].high = std::max(ranges[last].high, each.high);
    } else {
      ranges[++last] = each;
    }
  }
  ranges.resize(last + 1);
}

const Range* range_of(const ScanVector<Range>& ranges, std::uintptr_t address) {
  const auto after = std::upper_bound(
      ranges.begin(), ranges.end(), address,
      [](std::uintptr_t value, const Range& each) { return value < each.low; });
  if (after == ranges.begin() || !(after - 1)->covers(address)) return nullptr;
  return &*(after - 1);
}

std::size_t AddressSet::place_of(std::uintptr_t address) const {
  constexpr std::uintptr_t kMix = 0x9e3779b97f4a7c15;
  constexpr int kShift = 20;
  std::size_t place = ((address >> 4) * kMix >> kShift) % places_.size();
  while (places_[place] != 0 && places_[place] != address) {
    place = (place + 1) % places_.size();
  }
  return place;
}

bool AddressSet::insert(std::uintptr_t address) {
  constexpr std::size_t kFirst = 1 << 13;
  if (places_.empty()) places_.resize(kFirst);
  if (size_ * 2 >= places_.size()) {
    ScanVector<std::uintptr_t> old(places_.size() * 4);
    old.swap(places_);
    for (const std::uintptr_t each : old) {
      if (each != 0) places_[place_of(each)] = each;
    }
  }
  const std::size_t place = place_of(address);
  if (places_[place] == address) return false;
  places_[place] = address;
  ++size_;
  return true;
}

void AddressSet::clear() {
  std::fill(places_.begin(), places_.end(), 0);
  size_ = 0;
}

}  // namespace csp::internal
