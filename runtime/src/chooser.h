// Every decision of the scheduler that could have been another.
//
// Without a seed a decision is a random number of the processor's own, or the
// first in line, and nothing here costs anything. With CHANSAN_OPTIONS=seed=N
// one sequence of numbers, which N starts, decides everything: which goroutine
// runs next, which ready case of a select runs, whom an unlock wakes, which of
// two timers of one moment fires first, and at which operations a goroutine is
// interrupted. There is one processor then, and time is virtual, so that two
// runs of one program with one seed take the same steps, as long as neither
// the outside world (descriptors, csp::blocking, OS threads) nor addresses
// decide something.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "runtime/src/machine.h"
#include "runtime/src/random.h"

namespace csp::internal {

enum class Choice : std::uint8_t {
  kNext,     // of the goroutines that can run
  kCase,     // of the ready cases of a select
  kWaiter,   // of those that wait for a mutex or a condition
  kTimer,    // among timers of one moment
  kPreempt,  // whether the goroutine is interrupted here
};

/// The decisions of one seed. Used by whoever holds the only processor.
class Chooser {
 public:
  explicit Chooser(std::uint64_t seed);

  /// One of `count` possibilities, from 0.
  std::uint32_t choose(Choice what, std::uint32_t count);
  /// Whether the goroutine that runs is interrupted at this operation.
  bool preempts();

  /// Virtual time, in nanoseconds of the monotonic clock of the start. Every
  /// goroutine that is chosen takes a step of it.
  std::int64_t now_ns() const {
    return now_ns_.load(std::memory_order_relaxed);
  }
  void advance_to(std::int64_t ns);

  /// Goroutines that can run.
  void add_runnable(Goroutine* goroutine);
  Goroutine* take_runnable();
  bool has_runnable() const {
    return runnable_count_.load(std::memory_order_acquire) > 0;
  }

  std::uint64_t seed() const { return seed_; }
  std::uint64_t steps() const { return steps_; }
  /// Equal for equal sequences of decisions (FNV-1a).
  std::uint64_t digest() const { return digest_; }

 private:
  const std::uint64_t seed_;
  std::uint64_t random_;
  // Of how many operations one interrupts; 0: none. Some bugs need many
  // interruptions and some need few, so each seed has a rate of its own, as
  // Groce et al. do with features in "Swarm Testing" (ISSTA 2012).
  std::uint32_t preempt_every_ = 0;
  std::uint64_t steps_ = 0;
  std::uint64_t digest_ = 0xcbf29ce484222325;
  std::atomic<std::int64_t> now_ns_;
  std::vector<Goroutine*> runnable_;
  std::atomic<std::size_t> runnable_count_{0};  // for those without processor
};

/// Null without a seed. Set before main, never changes.
extern Chooser* fixed_schedule;
inline Chooser* chooser() { return fixed_schedule; }
/// Reads the seed from the options.
void start_chooser();

/// One of `count` possibilities, with equal probability.
inline std::uint32_t choose(Choice what, std::uint32_t count) {
  if (count <= 1) return 0;
  Machine* machine = this_machine();
  if (!machine) [[unlikely]]
    return random_below(random_state(), count);
  if (chooser() && machine->processor()) [[unlikely]]
    return chooser()->choose(what, count);
  return random_below(machine->random_state, count);
}

/// Interrupts the calling goroutine if the seed says so. Called where an
/// operation of the program's begins, or has ended, with no lock held.
void preempt();
inline void preemption_point() {
  if (chooser()) [[unlikely]]
    preempt();
}

}  // namespace csp::internal
