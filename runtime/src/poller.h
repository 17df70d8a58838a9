// Goroutines that wait for file descriptors, on epoll(7).
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <unordered_map>

#include "csp/internal/annotations.h"
#include "runtime/src/lock.h"
#include "runtime/src/run_queue.h"
#include "runtime/src/scheduler.h"
#include "runtime/src/wait_list.h"

namespace csp::internal {

enum class Direction : std::uint8_t { kRead, kWrite };

class Poller {
 public:
  /// Parks the caller until `fd` is ready, or in error, or hung up. Returns
  /// 0 or an errno; EPERM means that `fd` is always ready (a regular file).
  int wait_for(int fd, Direction direction) CSP_EXCLUDES(lock_);

  bool has_waiters() const {
    return waiters_.load(std::memory_order_acquire) > 0;
  }
  /// Wakes those whose descriptor is ready now. Returns how many.
  int poll(Caller caller) CSP_EXCLUDES(lock_);
  /// Waits for descriptors, interrupt() or the timeout; whom to wake.
  GoroutineList wait(std::int64_t timeout_ns) CSP_EXCLUDES(lock_);
  void interrupt();
  /// Whether a machine other than this one has just woken somebody.
  bool just_served_by_another(const Machine& machine) const;
  /// How often somebody has looked for descriptors that are ready.
  std::uint32_t looks() const { return looks_.load(std::memory_order_relaxed); }

 private:
  friend class Fork;

  struct Interest {
    WaitQueue readers;
    WaitQueue writers;
    bool registered = false;
  };

  void note_served();
  int start() CSP_REQUIRES(lock_);
  int arm(int fd, Interest& interest) CSP_REQUIRES(lock_);
  void collect(std::int64_t timeout_ns, GoroutineList& woken)
      CSP_EXCLUDES(lock_);
  void take(WaitQueue& queue, GoroutineList& woken) CSP_REQUIRES(lock_);

  std::atomic<int> epoll_{-1};
  std::atomic<int> wake_{-1};  // an eventfd
  std::atomic<int> waiters_{0};
  std::atomic<std::uint32_t> looks_{0};
  std::atomic<std::int64_t> served_at_ns_{0};
  std::atomic<const Machine*> served_by_{nullptr};  // null: none of ours
  RankedLock<LockRank::kPoller> lock_;
  std::unordered_map<int, Interest> interests_ CSP_GUARDED_BY(lock_);
};

Poller& poller();

}  // namespace csp::internal
