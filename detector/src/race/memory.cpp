// Accesses: from bytes to granules, from conflicts to races.
#include <algorithm>
#include <bit>
#include <mutex>
#include <utility>

#include "detector/src/race/detector.h"

namespace chansan::race {

using csp::seam::Event;
using csp::seam::EventKind;

void RaceDetector::consume_memory(const Event& event) {
  Goroutine& acting = goroutine(event.goroutine);
  const Site site{
      .pc = event.pc,
      .size = static_cast<std::uint8_t>(event.size <= 16 ? event.size : 0)};
  switch (event.kind) {
    case EventKind::kAlloc:
      return alloc(&acting, event.object, event.size, event.size, event.pc);
    case EventKind::kFree:
      return free(&acting, event.object, event.size, event.pc);
    case EventKind::kRead:
      return access(acting, event.object, event.size, Manner::kRead, site);
    default:
      return access(acting, event.object, event.size, Manner::kWrite, site);
  }
}

void RaceDetector::access(Goroutine& goroutine, std::uint64_t address,
                          std::uint64_t size, Manner manner, const Site& site) {
  if (size == 0 || goroutine.ignoring > 0) return;
  if (!Shadow::has_place_for(address) ||
      !Shadow::has_place_for(address + size - 1)) {
    count_dropped();
    return;
  }
  ContextId context = 0;
  PendingRaces races;
  const std::uint64_t end = address + size;
  while (address < end) {
    const std::uint64_t next =
        std::min(end, (address & ~(kLineBytes - 1)) + kLineBytes);
    // The end of a block is told as such, though its last write was ours too.
    if (site.operation != Operation::kAccess ||
        !is_line_repeated(goroutine, address, next, manner)) {
      if (!ensure_chain(goroutine)) return;
      if (context == 0) context = this->context(goroutine, site);
      access_line(goroutine, address, next, manner, context, races);
      if (!races.empty()) report(goroutine, races);
    }
    address = next;
  }
}

bool RaceDetector::access_quickly(Goroutine& goroutine, std::uint64_t address,
                                  std::uint64_t size, Manner manner,
                                  std::uint64_t pc) {
  if (goroutine.now.chain == kNoChain || !Shadow::has_place_for(address) ||
      address % kGranuleBytes + size > kGranuleBytes) {
    return false;
  }
  Chunk* const chunk = shadow_.find(address);
  if (chunk == nullptr || shadow_.wants_room()) return false;
  const ContextId context =
      contexts_.find(goroutine.calls.context(contexts_, 0),
                     {.pc = pc, .size = static_cast<std::uint8_t>(size)});
  if (context == 0) return false;
  const Cell fresh{CellWord(goroutine.now, manner,
                            static_cast<std::uint8_t>(mask_of(address, size))),
                   context};
  goroutine.touched = true;
  Knowledge knows = knowledge(goroutine);
  const std::scoped_lock guard(shadow_.stripe(address));
  shadow_.use_line(*chunk, address);
  return LockedGranule(shadow_, *chunk, address & ~(kGranuleBytes - 1))
      .access_quickly(fresh, knows);
}

bool RaceDetector::is_line_repeated(const Goroutine& goroutine,
                                    std::uint64_t address, std::uint64_t end,
                                    Manner manner) const {
  const std::uint64_t line = address & ~(kLineBytes - 1);
  const Chunk* chunk = shadow_.find(address);
  if (chunk == nullptr) return false;
  const Search search = search_for(goroutine, manner);
  const Granule* granules = &chunk->granules[chunk->granule_index(line)];
  for (; address < end; address = (address | (kGranuleBytes - 1)) + 1) {
    const std::uint64_t size =
        std::min(end, (address | (kGranuleBytes - 1)) + 1) - address;
    const Granule& granule =
        chunk->folded ? chunk->granules[chunk->granule_index(address)]
                      : granules[(address - line) / kGranuleBytes];
    if (!search.finds(granule, mask_of(address, size))) return false;
  }
  return true;
}

// Accesses [address, end), which is in one line and so under one lock.
// Requires: the goroutine has a chain.
void RaceDetector::access_line(Goroutine& goroutine, std::uint64_t address,
                               std::uint64_t end, Manner manner,
                               ContextId context, PendingRaces& races) {
  Chunk* chunk = shadow_.chunk(address);
  if (chunk == nullptr) return count_dropped();
  if (shadow_.wants_room()) [[unlikely]] {
    count_forgotten(shadow_.make_room());
  }
  goroutine.touched = true;
  Knowledge knows = knowledge(goroutine);
  const std::scoped_lock guard(shadow_.stripe(address));
  shadow_.use_line(*chunk, address);
  while (address < end) {
    const std::size_t whole = (end - address) / kGranuleBytes;
    if (whole > 1 && address % kGranuleBytes == 0) {
      const Cell all{CellWord(goroutine.now, manner, 0xff), context};
      if (shadow_.access_granules(*chunk, address, whole, all, knows)) {
        address += whole * kGranuleBytes;
        continue;
      }
    }
    const std::uint64_t base = address & ~(kGranuleBytes - 1);
    const std::uint64_t next = std::min(end, base + kGranuleBytes);
    const auto mask = static_cast<std::uint8_t>(((1u << (next - address)) - 1)
                                                << (address - base));
    const Cell fresh{CellWord(goroutine.now, manner, mask), context};
    LockedGranule granule(shadow_, *chunk, base);
    if (!granule.access_quickly(fresh, knows)) {
      Conflicts conflicts;
      granule.access(fresh, knows, conflicts);
      if (!conflicts.empty()) {
        races_found_.fetch_add(1);
        races.push_back({base, false, fresh, conflicts});
      }
    }
    address = next;
  }
}

void RaceDetector::report(Goroutine& goroutine, PendingRaces& races) {
  for (const PendingRace& found : races) {
    for (std::size_t i = 0; i < found.conflicts.size(); ++i) {
      const Cell earlier = found.conflicts.cell(i);
      const Epoch epoch = earlier.word.epoch();
      Race race;
      race.granule = found.granule;
      race.on_object = found.on_object;
      race.overlap = found.conflicts.overlap(i);
      race.later = side(goroutine.life, found.later, found, race.overlap);
      race.earlier = side(chains_.who(epoch), earlier, found, race.overlap);
      race.known = goroutine.clock.get(epoch.chain);
      listener_.on_race(race);
    }
    races_told_.fetch_add(1);
  }
  races.clear();
}

RaceSide RaceDetector::side(const LifeRef& life, Cell cell,
                            const PendingRace& race,
                            std::uint8_t overlap) const {
  RaceSide side;
  if (life) {
    side.goroutine = life->id;
    side.name = life->name.get();
    side.ended = life->ended.load(std::memory_order_relaxed);
    side.created_at = life->created_at;
    if (life->creators) side.ancestors = life->creators->nearest_first;
    side.last_release = life->last_release();
  }
  const Site site = contexts_.site(cell.context);
  side.operation = site.operation;
  side.manner = cell.word.manner();
  side.context = cell.context;
  side.tick = cell.word.epoch().tick;
  if (race.on_object) {
    side.address = race.granule;
    return side;
  }
  // Of an access that is wider than a granule, what is known to be shared.
  const std::uint8_t mask =
      site.size > kGranuleBytes || site.size == 0 ? overlap : cell.word.mask();
  side.address =
      race.granule + static_cast<std::uint64_t>(std::countr_zero(mask));
  side.size = static_cast<std::uint32_t>(site.size != 0 ? site.size
                                                        : std::popcount(mask));
  return side;
}

void RaceDetector::alloc(Goroutine* goroutine, std::uint64_t address,
                         std::uint64_t size, std::uint64_t room,
                         std::uint64_t pc) {
  forget(address, room);
  if (goroutine == nullptr || size == 0 || !Shadow::has_place_for(address)) {
    return;
  }
  shadow_.set_block(address, size, context(*goroutine, {.pc = pc}));
  if (shadow_.wants_room()) count_forgotten(shadow_.make_room());
}

void RaceDetector::free(Goroutine* goroutine, std::uint64_t address,
                        std::uint64_t size, std::uint64_t pc) {
  if (!Shadow::has_place_for(address)) return;
  if (goroutine != nullptr) {
    access(*goroutine, address, size, Manner::kWrite,
           {.pc = pc, .operation = Operation::kFree});
  }
  shadow_.clear_objects(address, size);
  shadow_.set_freed(address);
}

void RaceDetector::begin_stack(std::uint64_t address, std::uint64_t size) {
  shadow_.chunk(address + size - 1, ChunkKind::kStacks);
  forget(address, size);
}

void RaceDetector::forget(std::uint64_t address, std::uint64_t size) {
  shadow_.clear(address, size);
  shadow_.clear_objects(address, size);
}

}  // namespace chansan::race
