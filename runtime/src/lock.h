// The runtime's own locks: short, ranked, checked.
//
// Lock order: a lock may be taken only while locks of smaller rank are held;
// of channels, several may be held in the order of their addresses. No
// goroutine parks, and no user code runs, under a lock.
#pragma once

#include <atomic>
#include <cstdint>

#include "csp/internal/annotations.h"
#include "runtime/src/check.h"

namespace csp::internal {

enum class LockRank : std::uint8_t {
  kTimers = 1,   // the heap of timers
  kSync,         // the inside of one mutex, wait_group, ...
  kChan,         // one channel
  kPoller,       // who waits for which descriptor
  kSched,        // processors, machines, the global queue
  kStacks,       // the pool of stacks
  kLargeStacks,  // those of other sizes
};

#ifdef NDEBUG
inline constexpr bool kChecksRanks = false;
#else
inline constexpr bool kChecksRanks = true;
#endif

void rank_push(LockRank rank);
void rank_pop(LockRank rank);

/// One pause of a spin loop; gives the CPU away when it takes long.
void spin_wait(unsigned& round);

/// A lock of one atomic word, for use inside of other objects. The release is
/// the last access to the word.
class CSP_CAPABILITY("spin lock") WordLock {
 public:
  explicit WordLock(std::atomic<std::uint32_t>& word, LockRank rank)
      : word_(word), rank_(rank) {}

  void lock() CSP_ACQUIRE() {
    if constexpr (kChecksRanks) rank_push(rank_);
    if (word_.exchange(1, std::memory_order_acquire) == 0) return;
    unsigned round = 0;
    do {
      spin_wait(round);
    } while (word_.load(std::memory_order_relaxed) != 0 ||
             word_.exchange(1, std::memory_order_acquire) != 0);
  }
  // Pairs with the exchange in lock().
  void unlock() CSP_RELEASE() {
    if constexpr (kChecksRanks) rank_pop(rank_);
    word_.store(0, std::memory_order_release);
  }

 private:
  std::atomic<std::uint32_t>& word_;
  const LockRank rank_;
};

template <LockRank Rank>
class CSP_CAPABILITY("ranked lock") RankedLock {
 public:
  void lock() CSP_ACQUIRE() { WordLock(word_, Rank).lock(); }
  void unlock() CSP_RELEASE() { WordLock(word_, Rank).unlock(); }

 private:
  std::atomic<std::uint32_t> word_{0};  // 1: held
};

template <class Lock>
class CSP_SCOPED_CAPABILITY ScopedLock {
 public:
  explicit ScopedLock(Lock& lock) CSP_ACQUIRE(lock) : lock_(lock) {
    lock_.lock();
  }
  ~ScopedLock() CSP_RELEASE() { lock_.unlock(); }
  ScopedLock(const ScopedLock&) = delete;
  ScopedLock& operator=(const ScopedLock&) = delete;

 private:
  Lock& lock_;
};

}  // namespace csp::internal
