// The detector that is obviously right: every access to every byte is kept and
// compared, every goroutine has a full vector clock that counts its own events,
// nothing is reused, nothing is packed. Slow; only for comparison.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "runtime/event.h"
#include "tests/support/verdict.h"

namespace chansan::tests {

class ReferenceDetector {
 public:
  void consume(const csp::seam::Event& event);
  const Verdict& verdict() const { return verdict_; }

 private:
  using Id = csp::seam::GoroutineId;
  /// How many events of each goroutine are known to have happened.
  using FullClock = std::map<Id, std::uint64_t>;
  struct PastAccess {
    Id goroutine;
    std::uint64_t time;  // the number of the event among its goroutine's
    bool writes;
    bool atomic;
  };
  struct Channel {
    std::uint64_t capacity = 0;
    std::vector<FullClock> sends;     // the k-th send's
    std::vector<FullClock> receives;  // the k-th receive's
    FullClock close;
  };
  struct Lock {
    FullClock unlock;          // of the last unlock
    FullClock reader_unlocks;  // of all unlock_shared together
  };
  struct Semaphore {
    std::vector<FullClock> given;  // the k-th permit's giver
    std::uint64_t taken = 0;
  };
  struct Thread {
    FullClock clock;
    FullClock release_fence;
    FullClock relaxed_loads;
  };

  static void join(FullClock& into, const FullClock& from);
  void access(Spot spot, PastAccess access, const FullClock& clock);
  void access_bytes(const csp::seam::Event& event, bool writes, bool atomic);
  void consume_atomic(const csp::seam::Event& event);
  void consume_channel(const csp::seam::Event& event);
  void consume_semaphore(const csp::seam::Event& event);
  void consume_other(const csp::seam::Event& event);

  std::size_t events_ = 0;
  std::map<Id, Thread> threads_;
  std::map<Spot, std::vector<PastAccess>> past_;
  std::map<std::uint64_t, FullClock> atomics_;
  std::map<std::uint64_t, Channel> channels_;
  std::map<std::uint64_t, Lock> locks_;
  std::map<std::uint64_t, FullClock> objects_;
  std::map<std::uint64_t, Semaphore> semaphores_;
  Verdict verdict_;
};

}  // namespace chansan::tests
