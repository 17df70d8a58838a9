#include "runtime/src/asan_memory.h"

#include <algorithm>
#include <new>

namespace csp::internal {

namespace {

constexpr std::uintptr_t kGranule = 8;
constexpr std::uintptr_t kUserSpace = std::uintptr_t{1} << 47;
constexpr std::uintptr_t kRegion = std::uintptr_t{1} << 36;

// The byte of shadow where nothing may be used, by the reason.
constexpr std::uint8_t kHeapRedZone = 0xfa;
constexpr std::uint8_t kHeapRightRedZone = 0xfb;
constexpr std::uint8_t kFreed = 0xfd;
constexpr std::uint8_t kAfterReturn = 0xf5;

}  // namespace

AsanMemory::AsanMemory() : on_(sanitizer::address()) {
  if (!on_ || !__asan_get_shadow_mapping) return;
  std::size_t scale = 0;
  std::size_t offset = 0;
  __asan_get_shadow_mapping(&scale, &offset);
  if ((std::size_t{1} << scale) != kGranule) return;
  shadow_offset_ = offset;
  shadow_ = {offset, offset + kUserSpace / kGranule};
  void* const block = ::operator new(kGranule);
  struct Search {
    std::uintptr_t address;
    Range found;
  } search{reinterpret_cast<std::uintptr_t>(block), {}};
  visit_mappings(
      [](void* data, Range range, MappingKind) {
        auto* const own = static_cast<Search*>(data);
        if (range.covers(own->address)) own->found = range;
      },
      &search);
  ::operator delete(block);
  region_ = search.found.low;
  if (!has_blocks(search.found)) region_ = 0;
}

bool AsanMemory::has_blocks(const Range& mapping) const {
  return understood() && (mapping.low - region_) % kRegion == 0 &&
         mark_of(mapping.low) == kHeapRedZone;
}

bool AsanMemory::add(const Range& mapping) {
  if (!has_blocks(mapping)) return false;
  regions_.push_back(mapping);
  return true;
}

CSP_READS_ANYTHING std::uint8_t AsanMemory::mark_of(
    std::uintptr_t address) const {
  return *reinterpret_cast<const std::uint8_t*>(address / kGranule +
                                                shadow_offset_);
}

bool AsanMemory::is_dead_mark(std::uint8_t mark) {
  return mark == kAfterReturn || is_border(mark);
}

bool AsanMemory::is_border(std::uint8_t mark) {
  return mark == kHeapRedZone || mark == kHeapRightRedZone || mark == kFreed;
}

Range AsanMemory::block(std::uintptr_t address) const {
  const auto after = std::upper_bound(
      regions_.begin(), regions_.end(), address,
      [](std::uintptr_t value, const Range& each) { return value < each.low; });
  if (after == regions_.begin() || !(after - 1)->covers(address)) return {};
  const Range& region = *(after - 1);
  if (is_border(mark_of(address))) return {};
  std::uintptr_t low = address & ~(kGranule - 1);
  std::uintptr_t high = low + kGranule;
  while (low > region.low && !is_border(mark_of(low - kGranule))) {
    low -= kGranule;
  }
  while (high < region.high && !is_border(mark_of(high))) high += kGranule;
  return {low, high};
}

Range AsanMemory::variable(const Range& most) const {
  if (shadow_.covers(most.low)) return {};
  std::uintptr_t high = most.low & ~(kGranule - 1);
  while (high < most.high && mark_of(high) == 0) high += kGranule;
  // Of the last granule a part may be in use.
  const std::uint8_t rest = high < most.high ? mark_of(high) : 0;
  if (rest < kGranule) high += rest;
  return {most.low, std::min(high, most.high)};
}

Range AsanMemory::moved_frame(void* fake_stack, std::uintptr_t word) {
  if (!fake_stack || !__asan_addr_is_in_fake_stack) return {};
  void* low = nullptr;
  void* high = nullptr;
  if (!__asan_addr_is_in_fake_stack(fake_stack, reinterpret_cast<void*>(word),
                                    &low, &high)) {
    return {};
  }
  // In front of the variables: a mark, the function, and where on the real
  // stack the frame would be.
  constexpr std::uintptr_t kHeader = 4 * sizeof(std::uintptr_t);
  return {reinterpret_cast<std::uintptr_t>(low) - kHeader,
          reinterpret_cast<std::uintptr_t>(high)};
}

}  // namespace csp::internal
