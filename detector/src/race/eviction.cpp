// What is forgotten when the shadow has a limit: the history of memory that
// nobody has touched for longest, in spans of eight pages, whose shadow is
// whole pages of its own.
//
// Only accesses and the names of blocks are forgotten, never a clock: so races
// are missed and counted, but none is invented.
#include <sys/mman.h>

#include <algorithm>
#include <bit>
#include <mutex>
#include <tuple>

#include "detector/src/race/pool.h"
#include "detector/src/race/shadow.h"

namespace chansan::race {

namespace {

constexpr std::uint64_t kPage = std::uint64_t{1} << kPageBits;
constexpr std::uint64_t kSpan = std::uint64_t{1} << Chunk::kSpanBits;
constexpr int kUnitsPages = 1 << (Fold::kUnitBits - kPageBits);
constexpr std::uint64_t kSpanPages = 0xff;  // of a unit's bits
// Ages are told apart by so many parts of the limit.
constexpr std::uint64_t kAges = 32;
// So much of the limit is freed at a time.
constexpr std::uint64_t kFreedPart = 16;

// Where the tops of stacks lie among each other they are not forgotten.
bool is_folded_page(const Chunk& chunk, std::uint64_t page) {
  return chunk.folded && page % kUnitsPages == kUnitsPages - 1;
}

// The pages of the operating system that these pages of a unit take at most.
std::uint64_t cost_of(const Chunk& chunk, std::uint64_t pages) {
  constexpr std::uint64_t kGranules = kPage / kGranuleBytes * sizeof(Granule);
  // Of a goroutine's top: a few lines, each with its contexts.
  constexpr std::uint64_t kFolded =
      4 * (kLineGranules * sizeof(Granule) + sizeof(LineContexts));
  constexpr std::uint64_t kLast = std::uint64_t{1} << (kUnitsPages - 1);
  std::uint64_t cost = 0;
  if (chunk.folded && (pages & kLast) != 0) {
    cost += kFolded;
    pages &= ~kLast;
  }
  cost += static_cast<std::uint64_t>(std::popcount(pages)) * kGranules;
  constexpr std::uint64_t kEven = 0x5555555555555555;
  // A page of blocks for each two, one of contexts for each span.
  const std::uint64_t pairs = (pages | pages >> 1) & kEven;
  std::uint64_t spans = pairs | pairs >> 2;
  spans = (spans | spans >> 4) & 0x0101010101010101;
  return cost + static_cast<std::uint64_t>(std::popcount(pairs) +
                                           std::popcount(spans)) *
                    kPage;
}

void give_back(void* memory, std::uint64_t bytes) {
  madvise(memory, bytes, MADV_DONTNEED);
}

}  // namespace

void Shadow::limit(std::uint64_t bytes,
                   const std::atomic<std::int64_t>* beside) {
  constexpr std::uint64_t kLeast = 64 * 1024;
  limit_ = std::max(bytes, kLeast);
  beside_ = beside;
}

// What is beside the shadow cannot be forgotten; the shadow always has a part.
std::uint64_t Shadow::room() const {
  constexpr std::uint64_t kLeastPart = 4;
  std::uint64_t taken = tables_.bytes();
  if (beside_ != nullptr) {
    const std::int64_t others = beside_->load(std::memory_order_relaxed) +
                                pooled_bytes.load(std::memory_order_relaxed);
    taken += static_cast<std::uint64_t>(std::max<std::int64_t>(0, others));
  }
  const std::uint64_t least = limit_ / kLeastPart;
  return taken + least > limit_ ? least : limit_ - taken;
}

void Shadow::note_use(Chunk& chunk, std::uint64_t address) {
  auto& stamp = chunk.stamps[Chunk::span_index(address)];
  const std::uint32_t now = now_.load(std::memory_order_relaxed);
  if (stamp.load(std::memory_order_relaxed) != now) {
    stamp.store(now, std::memory_order_relaxed);
  }
  auto& unit = chunk.touched[Chunk::unit_index(address)];
  const std::uint64_t bit = Chunk::page_bit(address);
  if ((unit.load(std::memory_order_relaxed) & bit) != 0) return;
  const std::uint64_t before =
      update(unit, [bit](auto known) { return known | bit; });
  if ((before & bit) != 0) return;
  const std::uint64_t more =
      cost_of(chunk, before | bit) - cost_of(chunk, before);
  const std::uint64_t ever = ever_.fetch_add(more) + more;
  now_.store(static_cast<std::uint32_t>(ever / (limit_ / kAges) + 1),
             std::memory_order_relaxed);
  const std::uint64_t bytes = bytes_.fetch_add(more) + more;
  if (bytes > room() && bytes > ask_at_.load(std::memory_order_relaxed)) {
    wants_room_.store(true, std::memory_order_relaxed);
  }
}

std::uint64_t Shadow::make_room() {
  // Somebody is at it.
  if (evicting_.exchange(true, std::memory_order_acquire)) return 0;
  struct Span {
    std::uint32_t age;
    std::uint64_t address;
    Chunk* chunk;
  };
  const std::uint64_t most = room() - room() / kFreedPart;
  std::vector<Span> spans;
  for (const auto& [base, chunk] : all_chunks()) {
    for (std::size_t unit = 0; unit < Chunk::kUnits; ++unit) {
      const std::uint64_t from = base + (unit << Fold::kUnitBits);
      std::uint64_t pages = chunk->touched[unit].load();
      if (chunk->folded) pages &= ~0ull >> 1;
      for (int i = 0; i < kUnitsPages; i += 8) {
        if ((pages >> i & kSpanPages) == 0) continue;
        const std::uint64_t address =
            from + (static_cast<std::uint64_t>(i) << kPageBits);
        spans.push_back({age_of(*chunk, address), address, chunk});
      }
    }
  }
  std::sort(spans.begin(), spans.end(), [](const Span& a, const Span& b) {
    return std::tie(a.age, a.address) < std::tie(b.age, b.address);
  });
  std::uint64_t forgotten = 0;
  for (const Span& span : spans) {
    if (bytes_.load(std::memory_order_relaxed) <= most) break;
    forgotten += forget_span(*span.chunk, span.address);
  }
  // If nothing else may be forgotten, it is of no use to ask at each page.
  const std::uint64_t left = bytes_.load(std::memory_order_relaxed);
  ask_at_.store(left > most ? left + limit_ / kFreedPart : 0,
                std::memory_order_relaxed);
  wants_room_.store(false, std::memory_order_relaxed);
  evicting_.store(false, std::memory_order_release);
  return forgotten;
}

// 0 if nothing is kept of the span but names of blocks.
std::uint32_t Shadow::age_of(const Chunk& chunk, std::uint64_t span) {
  for (std::uint64_t page = span; page < span + kSpan; page += kPage) {
    const auto& lines = chunk.lines[chunk.page_index(page)];
    if (lines.load(std::memory_order_relaxed) != 0) {
      return chunk.stamps[Chunk::span_index(span)].load(
          std::memory_order_relaxed);
    }
  }
  return 0;
}

// *Returns* how many accesses were kept there.
std::uint64_t Shadow::forget_span(Chunk& chunk, std::uint64_t span) {
  // Whoever notes something of the span holds one of its lines' locks. Nobody
  // holds two of them but us.
  const std::size_t first = span / kLineBytes % kStripes;
  constexpr std::size_t kLocks = kSpan / kLineBytes;
  for (std::size_t i = 0; i < kLocks; ++i) stripes_[first + i].lock();
  std::uint64_t forgotten = 0;
  std::uint64_t pages = 0;
  for (std::uint64_t page = span; page < span + kSpan; page += kPage) {
    if (is_folded_page(chunk, page >> kPageBits)) continue;
    pages |= Chunk::page_bit(page);
    auto& lines = chunk.lines[chunk.page_index(page)];
    for_each_bit(lines.load(std::memory_order_relaxed), [&](auto line) {
      const std::uint64_t from = page + line * kLineBytes;
      for (auto at = from; at < from + kLineBytes; at += kGranuleBytes) {
        LockedGranule granule(*this, chunk, at);
        granule.for_each([&](const Cell&) { ++forgotten; });
        granule.clear();
      }
      give_table(chunk.contexts[chunk.line_index(from)]);
    });
    lines.store(0, std::memory_order_relaxed);
  }
  auto& unit = chunk.touched[Chunk::unit_index(span)];
  const std::uint64_t before =
      update(unit, [pages](auto known) { return known & ~pages; });
  const std::uint64_t offset = span & (Chunk::kBytes - 1);
  const std::uint64_t bytes =
      static_cast<std::uint64_t>(std::popcount(pages)) * kPage;
  give_back(&chunk.granules[offset / kGranuleBytes],
            bytes / kGranuleBytes * sizeof(Granule));
  give_back(&chunk.blocks[offset / kBlockUnit],
            kSpan / kBlockUnit * sizeof(chunk.blocks[0]));
  give_back(&chunk.contexts[offset / kLineBytes],
            kSpan / kLineBytes * sizeof(LineContexts));
  bytes_.fetch_sub(cost_of(chunk, before) - cost_of(chunk, before & ~pages));
  for (std::size_t i = kLocks; i > 0; --i) stripes_[first + i - 1].unlock();
  return forgotten;
}

}  // namespace chansan::race
