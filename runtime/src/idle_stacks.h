// Giving back what goroutines that wait for long have touched of their stacks.
//
// A stack keeps every page that was ever touched. The monitor looks now and
// then for goroutines that have waited for stack_idle_ms, and gives the pages
// below where they stand back to the system.
//
// Meanwhile the goroutine must not be resumed. The monitor claims it: it sets
// Context::on_cpu from 0 to kClaimed, and whoever takes the goroutine from a
// queue waits until that is 0, as for one whose last machine is still leaving
// it. Resuming has no atomic step for this; a heavy barrier orders the two
// sides:
//   who resumes:  status = kRunnable; ... load on_cpu: 0, then store 1
//   the monitor:  on_cpu: 0 -> kClaimed; heavy barrier; load status, load
//   on_cpu
// If the monitor still sees kWaiting and kClaimed, then nobody had loaded the
// 0 before the claim: that one's kRunnable would be seen, and if the goroutine
// ran and waited again since, its store of 1 has undone the claim.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "runtime/src/goroutine.h"

namespace csp::internal {

/// The monitor's own; no other thread calls it.
class IdleStacks {
 public:
  /// Gives back what is long idle. Returns in how many nanoseconds to look
  /// again.
  std::int64_t look();

 private:
  static constexpr std::uint32_t kClaimed = 2;

  void shrink(std::span<Goroutine*> waiting);
};

}  // namespace csp::internal
