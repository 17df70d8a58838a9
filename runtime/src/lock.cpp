#include "runtime/src/lock.h"

#include <sched.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>

namespace csp::internal {

namespace {

// Ranks held by this OS thread, as a count per rank: no goroutine parks under
// a lock, so a thread's locks are its goroutine's.
constexpr unsigned kRanks = static_cast<unsigned>(LockRank::kLargeStacks) + 1;
thread_local std::uint16_t ranks_held[kRanks];

}  // namespace

void rank_push(LockRank rank) {
  const auto mine = static_cast<unsigned>(rank);
  for (unsigned other = mine; other < kRanks; ++other) {
    const bool several_channels = other == mine && rank == LockRank::kChan;
    CSP_CHECK(ranks_held[other] == 0 || several_channels);
  }
  ++ranks_held[mine];
}

void rank_pop(LockRank rank) {
  const auto mine = static_cast<unsigned>(rank);
  CSP_CHECK(ranks_held[mine] > 0);
  --ranks_held[mine];
}

void spin_wait(unsigned& round) {
  // Each look takes the cache line from the holder, who may want it again at
  // once: with ever longer pauses it gets several operations done between two.
  constexpr unsigned kLooks = 5;     // some 5 us until the last one
  constexpr unsigned kYields = 100;  // then the holder has lost its CPU
  if (round < kLooks) {
    for (unsigned i = 0; i < 8U << round; ++i) __builtin_ia32_pause();
  } else if (round < kLooks + kYields) {
    sched_yield();
  } else {
    const timespec nap{0, 50'000};
    nanosleep(&nap, nullptr);
  }
  ++round;
}

void check_failed(const char* condition, const char* file, int line) {
  char text[512];
  const int size = std::snprintf(
      text, sizeof text,
      "csp: internal error: %s does not hold at %s:%d; please report it\n",
      condition, file, line);
  if (size > 0) {
    // Nothing is left to be done if this fails.
    [[maybe_unused]] const auto written =
        write(2, text, static_cast<std::size_t>(size));
  }
  std::abort();
}

}  // namespace csp::internal
