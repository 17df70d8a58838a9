// Decides which accesses race: FastTrack's verdicts, without forgetting.
//
// It does no I/O, reads no clock and starts no thread: the same events give the
// same races in the same order. A live program calls it from several OS threads
// at once, each goroutine's members from one at a time; a recorded trace or an
// event script calls consume() from one.
//
// What a goroutine knows is a vector clock; what it did last to a byte is a
// cell of that byte's granule. An access is compared with the cells on its
// bytes: an unordered one in conflict is a race. (Flanagan and Freund,
// "FastTrack: efficient and precise dynamic race detection", 2009; sets of
// cells where one epoch is not enough.)
//
// Lock order: the chains' lock, a page's lock, a line's lock, the tables'. What
// may take the chains' lock is done before a page's is taken. The listener is
// called without.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "detector/src/race/chains.h"
#include "detector/src/race/context.h"
#include "detector/src/race/goroutine.h"
#include "detector/src/race/goroutine_table.h"
#include "detector/src/race/race.h"
#include "detector/src/race/shadow.h"
#include "runtime/event.h"

namespace chansan::race {

class RaceDetector {
 public:
  explicit RaceDetector(RaceListener& listener, ChainId chains_max = kChainsMax,
                        PlainGranules plain = nullptr)
      : listener_(listener), shadow_(plain), chains_(chains_max) {}
  RaceDetector(const RaceDetector&) = delete;
  RaceDetector& operator=(const RaceDetector&) = delete;
  ~RaceDetector();

  /// Judges one event, whoever acts in it.
  void consume(const csp::seam::Event& event) { consume(event, event.pc); }
  /// The same at `pc`, whatever the event says.
  void consume(const csp::seam::Event& event, std::uint64_t pc);

  // The ways in for a live program, which knows who acts.

  /// The goroutine with this id; made without a creator if it is not known.
  Goroutine& goroutine(csp::seam::GoroutineId id);

  /// Whether `goroutine` has already done to these bytes, since its last
  /// release, what it is about to do: then there is nothing new to see.
  /// Requires: the bytes are in one granule.
  bool is_repeated(const Goroutine& goroutine, std::uint64_t address,
                   std::uint64_t size, Manner manner) const;

  /// The same of bytes in any place, as far as it can be told at a glance.
  bool is_range_repeated(const Goroutine& goroutine, std::uint64_t address,
                         std::uint64_t size, Manner manner) const {
    const std::uint64_t last = address + size - 1;
    return (address ^ last) < kLineBytes && Shadow::has_place_for(address) &&
           is_line_repeated(goroutine, address, last + 1, manner);
  }

  /// `size` bytes at `address` are read or written at `site`.
  void access(Goroutine& goroutine, std::uint64_t address, std::uint64_t size,
              Manner manner, const Site& site);
  /// The same if it is certain that there is no conflict, and all that it
  /// needs is there. *Returns* false if it is not: call access().
  bool access_quickly(Goroutine& goroutine, std::uint64_t address,
                      std::uint64_t size, Manner manner, std::uint64_t pc);

  /// An atomic operation, done by `operate` while no other on the same object
  /// is: so the order of the clocks is the order of the values.
  /// *Returns* what `operate` returned: whether it wrote.
  enum class AtomicKind : std::uint8_t { kLoad, kStore, kRmw };
  template <typename Operate>
  void atomic(Goroutine& goroutine, std::uint64_t address, const Site& site,
              AtomicKind kind, csp::seam::MemoryOrder order,
              csp::seam::MemoryOrder failure_order, Operate operate);
  void fence(Goroutine& goroutine, csp::seam::MemoryOrder order);

  /// `room` bytes begin a new life, of which `size` were asked for.
  void alloc(Goroutine* goroutine, std::uint64_t address, std::uint64_t size,
             std::uint64_t room, std::uint64_t pc);
  void free(Goroutine* goroutine, std::uint64_t address, std::uint64_t size,
            std::uint64_t pc);
  /// [address, address + size) begins a new life.
  void forget(std::uint64_t address, std::uint64_t size);
  /// It does as a goroutine's stack, of which there may be many.
  void begin_stack(std::uint64_t address, std::uint64_t size);

  /// A synchronization of the acting goroutine; `event` has no other member
  /// that the caller need look up.
  void consume_as(Goroutine& goroutine, const csp::seam::Event& event,
                  std::uint64_t pc);
  /// A kGoCreate; `creator` is null if a timer makes the goroutine.
  void create(Goroutine* creator, const csp::seam::Event& event,
              std::uint64_t pc);
  /// A kChanRendezvous.
  void rendezvous(Goroutine& sender, Goroutine& receiver,
                  const csp::seam::Event& event, std::uint64_t pc);

  // What reports need.
  /// The context in which `goroutine` now is at `pc`.
  ContextId place(Goroutine& goroutine, std::uint64_t pc) {
    return context(goroutine, {.pc = pc});
  }
  std::vector<std::uint64_t> stack(ContextId context) const {
    return contexts_.stack(context);
  }
  Block block(std::uint64_t address) const { return shadow_.block(address); }

  void count_dropped() { dropped_.fetch_add(1, std::memory_order_relaxed); }
  /// Accesses that could not be kept or compared.
  std::uint64_t dropped() const {
    return dropped_.load(std::memory_order_relaxed) +
           forgotten_.load(std::memory_order_relaxed) + contexts_.lost();
  }
  /// Its own memory is to stay below about `bytes`, of which `*beside` (null:
  /// none) are records that it does not count itself: the oldest accesses are
  /// forgotten, and counted as dropped. Requires: the first event has not been.
  void limit_memory(std::uint64_t bytes,
                    const std::atomic<std::int64_t>* beside = nullptr);
  /// Of dropped() those that the limit is the reason of.
  std::uint64_t forgotten() const {
    return forgotten_.load(std::memory_order_relaxed) +
           (is_limited_ ? contexts_.lost() : 0);
  }
  /// For tests and statistics: bytes of shadow, if they are limited.
  std::uint64_t shadow_bytes() const { return shadow_.bytes(); }
  /// The same: chains made, lives remembered.
  std::size_t chains() const { return chains_.size(); }
  std::size_t lives() const { return chains_.lives(); }

 private:
  // A granule or object where the present access is in conflict, to be told
  // when no lock is held.
  struct PendingRace {
    std::uint64_t granule;
    bool on_object;
    Cell later;
    Conflicts conflicts;
  };
  using PendingRaces = std::vector<PendingRace>;
  struct GoroutineShard {
    SpinLock lock;
    GoroutineTable alive;
    std::unordered_map<csp::seam::GoroutineId, Clock> ended;  // to be joined
  };
  static constexpr std::size_t kShards = 64;
  // The lives of finished goroutines are looked through when there are twice
  // as many as were needed the last time, and at least so many.
  static constexpr std::size_t kSweepAt = std::size_t{1} << 12;

  // Goroutines.
  GoroutineShard& shard(csp::seam::GoroutineId id) {
    return goroutines_[id % kShards];
  }
  void end(csp::seam::GoroutineId id);
  void join(const csp::seam::Event& event);
  bool ensure_chain(Goroutine& goroutine);
  ContextId context(Goroutine& goroutine, const Site& site) {
    return contexts_.intern(goroutine.calls.context(contexts_, 0), site);
  }
  static Knowledge knowledge(Goroutine& goroutine) {
    return Knowledge(goroutine.clock, goroutine.now.chain,
                     goroutine.last_known);
  }

  // Memory.
  // What is_repeated() looks for, in any granule.
  struct Search {
    std::uint64_t key;
    std::uint64_t compared;
    bool finds(const Granule& granule, std::uint64_t mask) const {
      for (const auto& word : granule.words) {
        const std::uint64_t bits = word.load(std::memory_order_relaxed);
        if (((bits ^ key) & (compared | mask)) == mask) return true;
      }
      return false;
    }
  };
  static Search search_for(const Goroutine& goroutine, Manner manner) {
    const std::uint64_t compared = ~CellWord::kMaskBits;
    return {
        goroutine.read_key | std::uint64_t{static_cast<std::uint8_t>(manner)}
                                 << CellWord::kMannerShift,
        // A read is also covered by our own write.
        is_write(manner) ? compared : compared & ~CellWord::kWriteBit};
  }
  static std::uint64_t mask_of(std::uint64_t address, std::uint64_t size) {
    if (size == kGranuleBytes) return CellWord::kMaskBits;
    return ((std::uint64_t{1} << size) - 1) << (address % kGranuleBytes);
  }
  static bool is_line_repeated(const Chunk& chunk, const Goroutine& goroutine,
                               std::uint64_t address, std::uint64_t end,
                               Manner manner);
  bool is_line_repeated(const Goroutine& goroutine, std::uint64_t address,
                        std::uint64_t end, Manner manner) const {
    const Chunk* chunk = shadow_.find(address);
    return chunk != nullptr &&
           is_line_repeated(*chunk, goroutine, address, end, manner);
  }
  [[gnu::noinline]] bool access_range_quickly(Goroutine& goroutine,
                                              std::uint64_t address,
                                              std::uint64_t size, Manner manner,
                                              std::uint64_t pc);
  std::uint64_t access_line_quickly(Chunk& chunk, std::uint64_t address,
                                    std::uint64_t end, Cell fresh,
                                    Knowledge& knows);
  void access_line(Goroutine& goroutine, std::uint64_t address,
                   std::uint64_t end, Manner manner, ContextId context,
                   PendingRaces& races);
  void report(Goroutine& goroutine, PendingRaces& races);
  RaceSide side(const LifeRef& life, Cell cell, const PendingRace& race,
                std::uint8_t overlap);
  void sweep_if_due();
  void count_forgotten(std::uint64_t accesses) {
    forgotten_.fetch_add(accesses, std::memory_order_relaxed);
  }

  // Clocks.
  const Clock& release(Goroutine& goroutine);
  void learn(Goroutine& goroutine, const Clock& released) {
    goroutine.clock.join(released, chains_.generation());
  }
  void set_now(Goroutine& goroutine, Epoch now);
  void note_release(Goroutine& goroutine, csp::seam::EventKind kind,
                    std::uint64_t object, ContextId context,
                    std::uint64_t pc = 0);
  Fences& fences(Goroutine& goroutine);
  void load_clock(Goroutine& goroutine, const Clock& released,
                  csp::seam::MemoryOrder order);
  void store_clock(Goroutine& goroutine, PageNotes& notes,
                   std::uint64_t address, csp::seam::MemoryOrder order,
                   AtomicKind kind);
  void atomic_clocks(Goroutine& goroutine, std::uint64_t address,
                     std::uint64_t size, PageNotes& notes, AtomicKind kind,
                     csp::seam::MemoryOrder order, ContextId context,
                     PendingRaces& races);

  // Events.
  void consume_memory(const csp::seam::Event& event);
  void consume_atomic(const csp::seam::Event& event);
  void consume_timer_send(const csp::seam::Event& event);
  void apply(Goroutine& goroutine, SyncObject& object,
             const csp::seam::Event& event, std::uint64_t pc,
             PendingRaces& races);
  void use_object(Goroutine& goroutine, SyncObject& object,
                  std::uint64_t address, const Site& site, Manner manner,
                  PendingRaces& races);

  RaceListener& listener_;
  Shadow shadow_;
  ContextTree contexts_;
  Chains chains_;
  std::array<GoroutineShard, kShards> goroutines_;
  std::atomic<std::uint64_t> dropped_{0};
  bool is_limited_ = false;  // constant since before the first event
  std::atomic<std::uint64_t> forgotten_{0};
  std::atomic<std::size_t> sweep_at_{kSweepAt};
  // Found and told races; different while one is being told, whose lives must
  // not be swept away.
  std::atomic<std::uint64_t> races_found_{0};
  std::atomic<std::uint64_t> races_told_{0};
};

inline bool RaceDetector::is_repeated(const Goroutine& goroutine,
                                      std::uint64_t address, std::uint64_t size,
                                      Manner manner) const {
  // A word with our chain and tick and at least our bytes was written by us
  // since our last release, so whatever is unordered with this access is
  // unordered with that one: nothing to compare, nothing to keep.
  if (size == kGranuleBytes && address % kGranuleBytes != 0) return false;
  const Granule* granule = shadow_.find_granule(address);
  return granule != nullptr &&
         search_for(goroutine, manner).finds(*granule, mask_of(address, size));
}

}  // namespace chansan::race

#include "detector/src/race/atomic.h"  // IWYU pragma: export
