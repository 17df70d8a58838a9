#include "detector/src/race/shadow.h"

#include <sys/mman.h>

#include <algorithm>
#include <mutex>

namespace chansan::race {

namespace {

constexpr std::uint64_t kOsPage = 4096;
// From here on memory is cleared by pages.
constexpr std::uint64_t kBulk = 8 * 1024;
// From here on pages of shadow are given back instead of written.
constexpr std::uint64_t kGiveBack = 128 * 1024;
constexpr std::uint64_t kLargeBlock = 64 * 1024;
constexpr std::uint64_t kAlive = 1;

std::uint64_t chunk_offset(std::uint64_t address) {
  return address & (Chunk::kBytes - 1);
}

// Makes [first, last) zero; of a long one, whole pages are given back.
void zero(void* first, void* last) {
  if (static_cast<char*>(last) - static_cast<char*>(first) <
      static_cast<std::ptrdiff_t>(kGiveBack)) {
    std::fill(static_cast<char*>(first), static_cast<char*>(last), 0);
    return;
  }
  const auto low = reinterpret_cast<std::uintptr_t>(first);
  const auto high = reinterpret_cast<std::uintptr_t>(last);
  const auto low_page = (low + kOsPage - 1) & ~(kOsPage - 1);
  const auto high_page = high & ~(kOsPage - 1);
  if (low_page >= high_page) {
    std::fill(static_cast<char*>(first), static_cast<char*>(last), 0);
    return;
  }
  std::fill(static_cast<char*>(first), reinterpret_cast<char*>(low_page), 0);
  madvise(reinterpret_cast<void*>(low_page), high_page - low_page,
          MADV_DONTNEED);
  std::fill(reinterpret_cast<char*>(high_page), static_cast<char*>(last), 0);
}

// Elsewhere a large page would commit far more than is needed.
void use_large_pages(void* first, void* last) {
  constexpr std::uintptr_t kLargePage = std::uintptr_t{2} << 20;
  const auto low = (reinterpret_cast<std::uintptr_t>(first) + kLargePage - 1) &
                   ~(kLargePage - 1);
  const auto high = reinterpret_cast<std::uintptr_t>(last) & ~(kLargePage - 1);
  if (low >= high) return;
  madvise(reinterpret_cast<void*>(low), high - low, MADV_HUGEPAGE);
}

}  // namespace

Shadow::Shadow(PlainGranules plain) : plain_(plain) {}

Shadow::~Shadow() {
  for (const auto& [base, made] : made_) {
    for (std::size_t page = 0; page < made->pages.size(); ++page) {
      const std::uint64_t address = base + (page << kPageBits);
      PageNotes* notes = made->pages[made->page_index(address)].load();
      if (notes == nullptr || notes->histories == 0) continue;
      clear_lines(*made, address, address + (1u << kPageBits));
    }
    munmap(made, sizeof(Chunk));
  }
}

Chunk* Shadow::chunk(std::uint64_t address, ChunkKind kind) {
  if (Chunk* known = find(address)) return known;
  const std::scoped_lock guard(growing_);
  if (Chunk* known = find(address)) return known;
  auto* made = static_cast<Chunk*>(reserve(sizeof(Chunk)));
  if (made == nullptr) return nullptr;
  made->folded = kind == ChunkKind::kStacks;
  made->is_limited = limit_ != 0;
  made_.emplace_back(address & ~(Chunk::kBytes - 1), made);
  chunks_[address >> kChunkBits].store(
      reinterpret_cast<std::uintptr_t>(made) | (made->folded ? kFolded : 0),
      std::memory_order_release);
  if (plain_ != nullptr && !made->folded) {
    plain_[address >> kChunkBits].store(
        reinterpret_cast<std::uintptr_t>(made->granules.data()),
        std::memory_order_release);
  }
  return made;
}

PageNotes* Shadow::find_notes(std::uint64_t address) const {
  Chunk* chunk = find(address);
  if (chunk == nullptr) return nullptr;
  return chunk->pages[chunk->page_index(address)].load(
      std::memory_order_acquire);
}

PageNotes* Shadow::notes(std::uint64_t address) {
  if (PageNotes* known = find_notes(address)) return known;
  Chunk* home = chunk(address);
  if (home == nullptr) return nullptr;
  auto& link = home->pages[home->page_index(address)];
  const std::scoped_lock guard(growing_);
  if (PageNotes* known = link.load(std::memory_order_relaxed)) return known;
  notes_.push_back(std::make_unique<PageNotes>());
  link.store(notes_.back().get(), std::memory_order_release);
  home->noted[Chunk::unit_index(address)].fetch_or(Chunk::page_bit(address));
  return notes_.back().get();
}

std::vector<std::pair<std::uint64_t, Chunk*>> Shadow::all_chunks() const {
  const std::scoped_lock guard(growing_);
  return made_;
}

std::vector<PageNotes*> Shadow::all_notes() const {
  const std::scoped_lock guard(growing_);
  std::vector<PageNotes*> all;
  for (const auto& notes : notes_) all.push_back(notes.get());
  return all;
}

void Shadow::expect(std::uint64_t address, std::uint64_t size) {
  if (limit_ != 0) return;  // what is given back are small ones
  const std::uint64_t end = address + size;
  while (address < end) {
    const std::uint64_t next =
        std::min(end, (address & ~(Chunk::kBytes - 1)) + Chunk::kBytes);
    Chunk* const home = chunk(address);
    if (home != nullptr && !home->folded) {
      const std::uint64_t first = chunk_offset(address);
      const std::uint64_t last = first + (next - address);
      use_large_pages(home->granules.data() + first / kGranuleBytes,
                      home->granules.data() + last / kGranuleBytes);
      use_large_pages(home->contexts.data() + first / kLineBytes,
                      home->contexts.data() + last / kLineBytes);
    }
    address = next;
  }
}

void Shadow::clear(std::uint64_t address, std::uint64_t size) {
  const std::uint64_t end = address + size;
  while (address < end) {
    const std::uint64_t next =
        std::min(end, (address & ~(Chunk::kBytes - 1)) + Chunk::kBytes);
    if (!has_place_for(address)) return;
    if (Chunk* chunk = find(address)) clear_piece(*chunk, address, next);
    address = next;
  }
}

void Shadow::clear_piece(Chunk& chunk, std::uint64_t address,
                         std::uint64_t end) {
  if (end - address >= kBulk) {
    // Page by page where there may be more than words, in bulk elsewhere.
    const std::uint64_t first =
        (address + (1u << kPageBits) - 1) >> kPageBits << kPageBits;
    const std::uint64_t last = end >> kPageBits << kPageBits;
    clear_lines(chunk, address, first);
    clear_pages(chunk, first, last);
    address = last;
  }
  clear_lines(chunk, address, end);
}

// Whole pages: only those that are in use, and runs of them at once.
void Shadow::clear_pages(Chunk& chunk, std::uint64_t first,
                         std::uint64_t last) {
  constexpr std::uint64_t kPage = std::uint64_t{1} << kPageBits;
  constexpr std::uint64_t kUnit = std::uint64_t{1} << Fold::kUnitBits;
  std::uint64_t run = first;  // [run, end) is to be cleared in bulk
  std::uint64_t end = first;
  const auto end_run = [&] {
    const std::size_t from = chunk_offset(run) / kGranuleBytes;
    const std::size_t count = (end - run) / kGranuleBytes;
    zero(chunk.granules.data() + from, chunk.granules.data() + from + count);
    const std::size_t line = chunk_offset(run) / kLineBytes;
    const std::size_t lines = (end - run) / kLineBytes;
    for (std::size_t i = line; i < line + lines; ++i) {
      give_table(chunk.contexts[i]);
    }
  };
  const auto clear_page = [&](std::uint64_t page) {
    auto& lines = chunk.lines[chunk.page_index(page)];
    if (lines.load(std::memory_order_relaxed) == 0) return;
    const PageNotes* notes = find_notes(page);
    if (chunk.folded || (notes != nullptr && notes->histories != 0)) {
      return clear_lines(chunk, page, page + kPage);
    }
    lines.store(0, std::memory_order_relaxed);
    if (page != end) {
      end_run();
      run = page;
    }
    end = page + kPage;
  };
  for (std::uint64_t unit = first & ~(kUnit - 1); unit < last; unit += kUnit) {
    for_each_bit(chunk.touched[Chunk::unit_index(unit)].load(),
                 [&](std::uint64_t index) {
                   const std::uint64_t page = unit + (index << kPageBits);
                   if (page >= first && page < last) clear_page(page);
                 });
  }
  end_run();
}

// Of a page only the lines that are in use are looked at: a stack that begins
// anew has few.
void Shadow::clear_lines(Chunk& chunk, std::uint64_t address,
                         std::uint64_t end) {
  constexpr std::uint64_t kPage = std::uint64_t{1} << kPageBits;
  while (address < end) {
    const std::uint64_t page = address & ~(kPage - 1);
    const std::uint64_t next = std::min(end, page + kPage);
    const std::uint64_t lines =
        chunk.lines[chunk.page_index(page)].load(std::memory_order_relaxed) &
        ~0ull << ((address - page) / kLineBytes) &
        ~0ull >> (63 - (next - 1 - page) / kLineBytes);
    for_each_bit(lines, [&](std::uint64_t index) {
      const std::uint64_t line = page + index * kLineBytes;
      clear_line(chunk, std::max(address, line),
                 std::min(next, line + kLineBytes));
    });
    address = next;
  }
}

void Shadow::give_table(LineContexts& contexts) {
  if (!contexts.has_table()) return;
  tables_.give(contexts.both[1]);
  contexts.both = {};
}

// [address, end) is in one line.
void Shadow::clear_line(Chunk& chunk, std::uint64_t address,
                        std::uint64_t end) {
  const std::scoped_lock guard(stripe(address));
  if (end - address == kLineBytes) {
    give_table(chunk.contexts[chunk.line_index(address)]);
    const std::uint64_t bit = Chunk::line_bit(address);
    update(chunk.lines[chunk.page_index(address)],
           [bit](auto lines) { return lines & ~bit; });
  }
  while (address < end) {
    const std::uint64_t base = address & ~(kGranuleBytes - 1);
    const std::uint64_t next = std::min(end, base + kGranuleBytes);
    Granule& here = granule(chunk, base);
    if (!here.is_empty()) {
      LockedGranule locked(*this, chunk, base);
      if (next - address == kGranuleBytes && !here.has_history()) {
        for (auto& word : here.words) word.store(0, std::memory_order_relaxed);
      } else if (next - address == kGranuleBytes) {
        locked.clear();
      } else {
        const unsigned bytes = (1u << (next - address)) - 1;
        locked.drop(static_cast<std::uint8_t>(bytes << (address - base)));
      }
    }
    address = next;
  }
}

void Shadow::clear_object(std::uint64_t address) {
  if (!has_place_for(address)) return;
  PageNotes* notes = find_notes(address);
  if (notes == nullptr) return;
  const std::scoped_lock guard(notes->lock);
  notes->sync.erase(address);
}

void Shadow::clear_objects(std::uint64_t address, std::uint64_t size) {
  constexpr std::uint64_t kUnit = std::uint64_t{1} << Fold::kUnitBits;
  const std::uint64_t end = address + size;
  while (address < end && has_place_for(address)) {
    const std::uint64_t unit = address & ~(kUnit - 1);
    const std::uint64_t next = std::min(end, unit + kUnit);
    Chunk* chunk = find(address);
    if (chunk == nullptr) {
      address = (address & ~(Chunk::kBytes - 1)) + Chunk::kBytes;
      continue;
    }
    const std::uint64_t noted =
        chunk->noted[Chunk::unit_index(unit)].load() &
        ~0ull << ((address - unit) >> kPageBits) &
        ~0ull >> (63 - ((next - 1 - unit) >> kPageBits));
    for_each_bit(noted, [&](std::uint64_t index) {
      PageNotes* notes = find_notes(unit + (index << kPageBits));
      const std::scoped_lock guard(notes->lock);
      notes->sync.erase(address, next);
    });
    address = next;
  }
}

void Shadow::set_block(std::uint64_t address, std::uint64_t size,
                       ContextId context) {
  Chunk* home = chunk(address);
  if (home == nullptr) return;
  if (home->is_limited) note_use(*home, address);
  home->blocks[chunk_offset(address) / kBlockUnit].store(
      std::uint64_t{context} << 32 | std::min(size, kLargeBlock) << 1 | kAlive,
      std::memory_order_relaxed);
  if (size < kLargeBlock) return;
  const std::scoped_lock guard(large_lock_);
  std::erase_if(large_, [&](const Block& block) {
    return block.address < address + size &&
           address < block.address + block.size;
  });
  large_.push_back({address, size, context, false});
}

void Shadow::set_freed(std::uint64_t address) {
  Chunk* home = find(address);
  if (home == nullptr) return;
  auto& note = home->blocks[chunk_offset(address) / kBlockUnit];
  const std::uint64_t old = note.load(std::memory_order_relaxed);
  note.store(old & ~kAlive, std::memory_order_relaxed);
  if ((old & 0xffffffff) >> 1 < kLargeBlock) return;
  const std::scoped_lock guard(large_lock_);
  for (Block& block : large_) {
    if (block.address == address) block.freed = true;
  }
}

Block Shadow::block(std::uint64_t address) const {
  if (!has_place_for(address)) return {};
  Block freed;
  std::uint64_t start = address & ~(kBlockUnit - 1);
  for (std::uint64_t back = 0; back < kLargeBlock; back += kBlockUnit) {
    Chunk* chunk = find(start);
    if (chunk == nullptr || start < kBlockUnit) break;
    const std::uint64_t note =
        chunk->blocks[chunk_offset(start) / kBlockUnit].load(
            std::memory_order_relaxed);
    const std::uint64_t size = (note & 0xffffffff) >> 1;
    const Block found{start, size, static_cast<ContextId>(note >> 32),
                      (note & kAlive) == 0};
    if (size != 0 && size < kLargeBlock && start + size > address) {
      if (!found.freed) return found;
      if (freed.size == 0) freed = found;
    }
    // No living block begins inside another: what lies before does not reach.
    if (size != 0 && !found.freed) break;
    start -= kBlockUnit;
  }
  const std::scoped_lock guard(large_lock_);
  for (const Block& block : large_) {
    if (address < block.address || address >= block.address + block.size) {
      continue;
    }
    if (!block.freed) return block;
    if (freed.size == 0) freed = block;
  }
  return freed;
}

}  // namespace chansan::race
