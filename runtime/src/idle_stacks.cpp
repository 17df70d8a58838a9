#include "runtime/src/idle_stacks.h"

#include <sys/mman.h>

#include "runtime/src/futex.h"
#include "runtime/src/heavy_barrier.h"
#include "runtime/src/options.h"
#include "runtime/src/scheduler.h"

namespace csp::internal {

namespace {

constexpr std::size_t kAtOnce = 64;  // who is resumed meanwhile waits

bool waits_since(const Goroutine& goroutine, std::int64_t since_ns) {
  return goroutine.status.load(std::memory_order_relaxed) == Status::kWaiting &&
         goroutine.waiting_since_ns.load(std::memory_order_relaxed) <= since_ns;
}

void give_back_below(const Goroutine& goroutine) {
  constexpr std::uintptr_t kRedZone = 128;
  const auto stands = reinterpret_cast<std::uintptr_t>(goroutine.context.sp);
  const auto low = reinterpret_cast<std::uintptr_t>(goroutine.stack_low);
  const std::uintptr_t end = (stands - kRedZone) / kPageBytes * kPageBytes;
  if (end > low) madvise(goroutine.stack_low, end - low, MADV_DONTNEED);
}

}  // namespace

std::int64_t IdleStacks::look() {
  const std::int64_t idle_ns = stack_idle_option_ns();
  if (idle_ns == 0 || !has_heavy_barrier()) return kForever;
  const std::int64_t since = coarse_now_ns() - idle_ns;
  std::array<Goroutine*, kAtOnce> waiting;
  std::size_t count = 0;
  scheduler().stacks().for_each([&](Goroutine* goroutine) {
    if (!waits_since(*goroutine, since)) return;
    const auto this_wait =
        goroutine->waiting_since_ns.load(std::memory_order_relaxed);
    if (goroutine->shrunk_since_ns == this_wait) return;  // done already
    goroutine->shrunk_since_ns = this_wait;
    waiting[count++] = goroutine;
    if (count < kAtOnce) return;
    shrink(waiting);
    count = 0;
  });
  shrink(std::span(waiting).first(count));
  return idle_ns;
}

void IdleStacks::shrink(std::span<Goroutine*> waiting) {
  std::size_t claimed = 0;
  for (Goroutine* goroutine : waiting) {
    std::uint32_t off_cpu = 0;
    if (goroutine->context.on_cpu.compare_exchange_strong(off_cpu, kClaimed)) {
      waiting[claimed++] = goroutine;
    }
  }
  if (claimed == 0) return;
  const bool ordered = heavy_barrier();
  for (Goroutine* goroutine : waiting.first(claimed)) {
    auto& on_cpu = goroutine->context.on_cpu;
    if (ordered && goroutine->status.load() == Status::kWaiting &&
        on_cpu.load() == kClaimed) {
      give_back_below(*goroutine);
    }
    // Not if it runs after all.
    std::uint32_t mine = kClaimed;
    on_cpu.compare_exchange_strong(mine, 0, std::memory_order_release);
  }
}

}  // namespace csp::internal
