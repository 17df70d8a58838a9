// Decides which deadlocks were possible in a run that went well.
//
// It does no I/O, reads no clock and starts no thread: the same events give the
// same cycles in the same order. A live program calls it from several OS
// threads at once, each goroutine's members from one at a time.
//
// A lock that is taken while no other is held costs no look-up in anything
// shared; a nested one only if it is new since the goroutine's last release.
//
// Lock order: lock_, ChannelLocks' own; what OrderClocks takes is never taken
// under them. The listener is called without.
#pragma once

#include <atomic>
#include <cstdint>
#include <unordered_set>
#include <vector>

#include "detector/src/locks/acquisitions.h"
#include "detector/src/locks/channel_locks.h"
#include "detector/src/locks/holder.h"
#include "detector/src/locks/order_clocks.h"
#include "detector/src/race/detector.h"
#include "detector/src/race/spin_lock.h"
#include "runtime/event.h"

namespace chansan::locks {

/// Told of every cycle once, on the OS thread that closed it, no lock held.
class CycleListener {
 public:
  virtual void on_cycle(const Cycle& cycle) = 0;

 protected:
  ~CycleListener() = default;
};

class LockOrder {
 public:
  /// The race rules know the goroutines and their calls; each event comes
  /// here first.
  LockOrder(race::RaceDetector& detector, CycleListener& listener)
      : detector_(detector), listener_(listener) {}
  LockOrder(const LockOrder&) = delete;
  LockOrder& operator=(const LockOrder&) = delete;

  /// Judges one event, whoever acts in it.
  void consume(const csp::seam::Event& event) { consume(event, event.pc); }
  /// The same at `pc`, whatever the event says.
  void consume(const csp::seam::Event& event, std::uint64_t pc);
  /// The same of the acting goroutine; `event` has no other member that must
  /// be looked up.
  void consume_as(race::Goroutine& goroutine, const csp::seam::Event& event,
                  std::uint64_t pc);
  /// [address, address + size) ends its life, and the locks in it.
  void forget(std::uint64_t address, std::uint64_t size) {
    if (has_nested_.load(std::memory_order_relaxed)) {
      forget_slow(address, size);
    }
  }
  /// The program ends: what was a lock in all of the run is one, so cycles
  /// through channels are told now.
  void finish();
  /// Acquisitions that were not kept, and searches that were cut short.
  std::uint64_t lost() const;

 private:
  // A cycle through channels that may turn out to be no locks.
  struct Pending {
    Cycle cycle;
    std::vector<std::uint64_t> open;  // of these it is not known yet
  };

  static Holder& holder(race::Goroutine& goroutine);
  Holder& holder(csp::seam::GoroutineId id) {
    return holder(detector_.goroutine(id));
  }
  void acquired(race::Goroutine& goroutine, const csp::seam::Event& event,
                std::uint64_t pc);
  void released(race::Goroutine& goroutine, const csp::seam::Event& event);
  void nested(race::Goroutine& goroutine, const csp::seam::Event& event,
              race::ContextId context);
  void drop_strayed(Holder& holder);
  void pass(race::Goroutine& goroutine, const csp::seam::Event& event,
            std::uint64_t pc);
  void drop_refuted(Holder& holder);
  void forget_channel(std::uint64_t channel);
  void tell_or_wait(Cycle cycle);
  void settle(std::uint64_t channel);
  void end(csp::seam::GoroutineId id);
  void forget_slow(std::uint64_t address, std::uint64_t size);
  bool may_have_lock(std::uint64_t address, std::uint64_t size) const;
  void note_page(std::uint64_t address);

  static constexpr std::uint64_t kPageBytes = 4096;
  static constexpr std::size_t kPages = 4096;

  race::RaceDetector& detector_;
  CycleListener& listener_;
  OrderClocks clocks_;
  ChannelLocks channel_locks_;
  std::atomic<bool> has_nested_{false};
  std::atomic<bool> has_strayed_{false};
  std::atomic<bool> has_pending_{false};
  // Changes when locks that are known end their lives.
  std::atomic<std::uint64_t> generation_{0};
  // Whether a known lock may lie in one of the pages with this remainder.
  std::array<std::atomic<bool>, kPages> pages_{};
  mutable race::SpinLock lock_;  // guards all below
  Acquisitions acquisitions_;
  // Locks that another goroutine released than took them: signals, which are
  // in no order.
  std::unordered_set<std::uint64_t> strayed_;
  std::vector<Pending> pending_;
};

}  // namespace chansan::locks
