// Accesses: from bytes to granules, from conflicts to races.
#include <algorithm>
#include <bit>
#include <mutex>
#include <utility>

#include "detector/src/race/detector.h"

namespace chansan::race {

using csp::seam::Event;
using csp::seam::EventKind;

namespace {
// An access of so many bytes is worth a word with the kernel.
constexpr std::uint64_t kLong = std::uint64_t{4} << 20;
}  // namespace

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
    default:
      break;
  }
  // As a live program's.
  const Manner manner =
      event.kind == EventKind::kRead ? Manner::kRead : Manner::kWrite;
  const bool is_looked_at = event.size > 0 && acting.ignoring == 0;
  if (is_looked_at &&
      is_range_repeated(acting, event.object, event.size, manner)) {
    return;
  }
  if (is_looked_at &&
      access_quickly(acting, event.object, event.size, manner, event.pc)) {
    return;
  }
  access(acting, event.object, event.size, manner, site);
}

void RaceDetector::access(Goroutine& goroutine, std::uint64_t address,
                          std::uint64_t size, Manner manner, const Site& site) {
  if (size == 0 || goroutine.ignoring > 0) return;
  if (!Shadow::has_place_for(address) ||
      !Shadow::has_place_for(address + size - 1)) {
    count_dropped();
    return;
  }
  if (size >= kLong) shadow_.expect(address, size);
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

namespace {

// Apart: what is done again after a release has more registers without it.
// Requires: the line's lock is held.
[[gnu::noinline]] bool access_anew(Shadow& shadow, Chunk& chunk,
                                   std::uint64_t address, Cell fresh,
                                   Knowledge knows) {
  shadow.use_line(chunk, address);
  return LockedGranule(shadow, chunk, address & ~(kGranuleBytes - 1))
      .access_quickly(fresh, knows);
}

}  // namespace

bool RaceDetector::access_quickly(Goroutine& goroutine, std::uint64_t address,
                                  std::uint64_t size, Manner manner,
                                  std::uint64_t pc) {
  if (goroutine.now.chain == kNoChain || !Shadow::has_place_for(address)) {
    return false;
  }
  if (address % kGranuleBytes + size > kGranuleBytes) {
    return access_range_quickly(goroutine, address, size, manner, pc);
  }
  Chunk* const chunk = shadow_.find(address);
  if (chunk == nullptr || shadow_.wants_room()) return false;
  const CellWord fresh(goroutine.now, manner,
                       static_cast<std::uint8_t>(mask_of(address, size)));
  const Site site{.pc = pc, .size = static_cast<std::uint8_t>(size)};
  const ContextId caller = goroutine.calls.context(contexts_, 0);
  goroutine.touched = true;
  const std::scoped_lock guard(shadow_.stripe(address));
  // Of a chunk with a limit the last use must be noted: elsewhere.
  if (!chunk->is_limited) [[likely]] {
    Knowledge knows = knowledge(goroutine);
    LockedGranule granule(shadow_, *chunk, address & ~(kGranuleBytes - 1));
    const bool is_renewed = granule.renew(fresh, knows, [&](ContextId context) {
      return contexts_.is_at(context, caller, site);
    });
    if (is_renewed) return true;
  }
  const ContextId context = contexts_.find(caller, site);
  return context != 0 && access_anew(shadow_, *chunk, address, {fresh, context},
                                     knowledge(goroutine));
}

// What it did before it returns false is found done by access().
bool RaceDetector::access_range_quickly(Goroutine& goroutine,
                                        std::uint64_t address,
                                        std::uint64_t size, Manner manner,
                                        std::uint64_t pc) {
  const std::uint64_t end = address + size;
  if (size >= kLong || !Shadow::has_place_for(end - 1)) return false;
  const bool is_in_line = (address ^ (end - 1)) < kLineBytes;
  ContextId context = 0;
  while (address < end) {
    const std::uint64_t next =
        std::min(end, (address & ~(kLineBytes - 1)) + kLineBytes);
    Chunk* const chunk = shadow_.find(address);
    if (chunk == nullptr || shadow_.wants_room()) return false;
    // One line alone was looked at before.
    if (is_in_line ||
        !is_line_repeated(*chunk, goroutine, address, next, manner)) {
      if (context == 0) {
        context = contexts_.find(
            goroutine.calls.context(contexts_, 0),
            {.pc = pc,
             .size = static_cast<std::uint8_t>(size <= 16 ? size : 0)});
      }
      if (context == 0) return false;
      goroutine.touched = true;
      Knowledge knows = knowledge(goroutine);
      const std::scoped_lock guard(shadow_.stripe(address));
      const Cell fresh{CellWord(goroutine.now, manner, 0xff), context};
      if (access_line_quickly(*chunk, address, next, fresh, knows) != next) {
        return false;
      }
    }
    address = next;
  }
  return true;
}

bool RaceDetector::is_line_repeated(const Chunk& chunk,
                                    const Goroutine& goroutine,
                                    std::uint64_t address, std::uint64_t end,
                                    Manner manner) {
  if (!chunk.is_line_used(address)) return false;
  const Search search = search_for(goroutine, manner);
  const std::uint64_t first = address & ~(kGranuleBytes - 1);
  const std::uint64_t last = (end - 1) & ~(kGranuleBytes - 1);
  const std::uint64_t first_mask =
      CellWord::kMaskBits << (address - first) & CellWord::kMaskBits;
  const std::uint64_t last_mask =
      CellWord::kMaskBits >> (kGranuleBytes - (end - last));
  const Granule* const granules = &chunk.granules[chunk.granule_index(first)];
  const auto finds = [&](std::uint64_t at, std::uint64_t mask) {
    return search.finds(chunk.folded ? chunk.granules[chunk.granule_index(at)]
                                     : granules[(at - first) / kGranuleBytes],
                        mask);
  };
  if (first == last) return finds(first, first_mask & last_mask);
  if (!finds(first, first_mask) || !finds(last, last_mask)) return false;
  for (std::uint64_t at = first + kGranuleBytes; at != last;
       at += kGranuleBytes) {
    if (!finds(at, CellWord::kMaskBits)) return false;
  }
  return true;
}

// Accesses [address, end), which is in one line, as far as it is certain that
// there is no conflict and room; `fresh` is of a whole granule. *Returns* where
// that ends. Requires: the line's lock is held.
std::uint64_t RaceDetector::access_line_quickly(Chunk& chunk,
                                                std::uint64_t address,
                                                std::uint64_t end, Cell fresh,
                                                Knowledge& knows) {
  if (shadow_.use_line(chunk, address) && end - address == kLineBytes &&
      Shadow::fill_line(chunk, address, fresh)) {
    return end;
  }
  while (address < end) {
    const std::size_t whole = (end - address) / kGranuleBytes;
    if (whole > 1 && address % kGranuleBytes == 0 &&
        shadow_.access_granules(chunk, address, whole, fresh, knows)) {
      address += whole * kGranuleBytes;
      continue;
    }
    const std::uint64_t base = address & ~(kGranuleBytes - 1);
    const std::uint64_t next = std::min(end, base + kGranuleBytes);
    const Cell part{
        CellWord(fresh.word.key() | mask_of(address, next - address)),
        fresh.context};
    if (!LockedGranule(shadow_, chunk, base).access_quickly(part, knows)) break;
    address = next;
  }
  return address;
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
  const Cell all{CellWord(goroutine.now, manner, 0xff), context};
  const std::scoped_lock guard(shadow_.stripe(address));
  while (address < end) {
    address = access_line_quickly(*chunk, address, end, all, knows);
    if (address == end) return;
    const std::uint64_t base = address & ~(kGranuleBytes - 1);
    const std::uint64_t next = std::min(end, base + kGranuleBytes);
    const Cell fresh{
        CellWord(all.word.key() | mask_of(address, next - address)), context};
    Conflicts conflicts;
    LockedGranule(shadow_, *chunk, base).access(fresh, knows, conflicts);
    if (!conflicts.empty()) {
      races_found_.fetch_add(1);
      races.push_back({base, false, fresh, conflicts});
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
                            const PendingRace& race, std::uint8_t overlap) {
  RaceSide side;
  if (life) {
    side.goroutine = life->id;
    side.name = life->name.get();
    side.ended = life->ended.load(std::memory_order_relaxed);
    side.created_at = life->created_at;
    if (life->creators) side.ancestors = life->creators->nearest_first;
    side.last_release = life->last_release();
    Release& last = side.last_release;
    if (last.pc != 0)
      last.context = contexts_.intern(last.context, {.pc = last.pc});
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
