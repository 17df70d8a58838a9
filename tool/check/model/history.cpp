#include "tool/check/model/history.h"

#include <algorithm>

namespace chansan::model {
namespace {

void forget(State& state, std::size_t index) {
  state.accesses[index].used = false;
  for (Goroutine& goroutine : state.goroutines) goroutine.seen.reset(index);
  for (Object& object : state.objects) {
    object.clock.reset(index);
    object.reader_clock.reset(index);
    for (Seen& slot : object.slots) slot.reset(index);
  }
  for (Segment& segment : state.segments)
    for (auto& [offset, clock] : segment.clocks) clock.reset(index);
}

std::size_t free_entry(State& state) {
  const auto found = std::ranges::find(state.accesses, false, &Access::used);
  const auto index = static_cast<std::size_t>(found - state.accesses.begin());
  if (index == state.accesses.size() && index < kAccessesMax)
    state.accesses.emplace_back();
  return index;
}

}  // namespace

std::vector<Access> note_access(State& state, Goroutine& goroutine,
                                std::uint32_t segment, std::uint32_t offset,
                                AccessKind kind, SiteId site) {
  const bool write = kind.write;
  std::vector<Access> races;
  // What happened before the first goroutine was started is before all.
  if (state.next_id <= 2 || goroutine.tainted) return races;
  for (std::size_t i = 0; i < state.accesses.size(); ++i) {
    const Access& other = state.accesses[i];
    if (!other.used || other.segment != segment || other.offset != offset)
      continue;
    const bool own = other.goroutine == goroutine.id;
    const bool both_atomic = kind.atomic && other.atomic;
    if (!own && (write || other.write) && !both_atomic && !goroutine.seen[i])
      races.push_back(other);
    // A later access stands for what is ordered before it, and for what has
    // just been reported.
    if (write || (own && !other.write && (other.atomic || !kind.atomic)))
      forget(state, i);
  }
  const std::size_t index = free_entry(state);
  if (index == state.accesses.size()) return races;  // full: misses, no lies
  state.accesses[index] = {true,   write,        kind.atomic, segment,
                           offset, goroutine.id, site};
  goroutine.seen.set(index);
  return races;
}

}  // namespace chansan::model
