#include "runtime/src/chooser.h"

#include <array>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "csp/internal/fast_path.h"
#include "runtime/hooks.h"
#include "runtime/src/scheduler.h"

namespace csp::internal {

namespace {

constexpr std::int64_t kStepNs = 1'000;

}  // namespace

constinit Chooser* fixed_schedule = nullptr;

Chooser::Chooser(std::uint64_t seed)
    : seed_(seed), random_(seed), now_ns_(real_now_ns()) {
  constexpr std::array<std::uint32_t, 5> kRates{0, 2, 4, 16, 64};
  preempt_every_ = kRates[random_below(random_, kRates.size())];
}

std::uint32_t Chooser::choose(Choice what, std::uint32_t count) {
  if (count <= 1) return 0;
  const std::uint32_t chosen = random_below(random_, count);
  ++steps_;
  for (const std::uint64_t part :
       {static_cast<std::uint64_t>(what), std::uint64_t{count},
        std::uint64_t{chosen}}) {
    digest_ = (digest_ ^ part) * 0x100000001b3;
  }
  return chosen;
}

bool Chooser::preempts() {
  return preempt_every_ > 0 && choose(Choice::kPreempt, preempt_every_) == 0;
}

void Chooser::advance_to(std::int64_t ns) {
  if (ns > now_ns()) now_ns_.store(ns, std::memory_order_relaxed);
}

void Chooser::add_runnable(Goroutine* goroutine) {
  runnable_.push_back(goroutine);
  runnable_count_.store(runnable_.size(), std::memory_order_release);
}

Goroutine* Chooser::take_runnable() {
  if (runnable_.empty()) return nullptr;
  const auto index =
      choose(Choice::kNext, static_cast<std::uint32_t>(runnable_.size()));
  Goroutine* chosen = runnable_[index];
  runnable_[index] = runnable_.back();
  runnable_.pop_back();
  runnable_count_.store(runnable_.size(), std::memory_order_release);
  now_ns_.store(now_ns() + kStepNs, std::memory_order_relaxed);
  return chosen;
}

void start_chooser() {
  const char* text = seam::option("seed");
  if (!text || !*text) return;
  std::uint64_t seed = 0;
  const char* end = text + std::strlen(text);
  const auto parsed = std::from_chars(text, end, seed);
  if (parsed.ec != std::errc() || parsed.ptr != end) {
    std::fprintf(stderr,
                 "csp: CHANSAN_OPTIONS: seed=%s is not a number from 0 to "
                 "18446744073709551615\n",
                 text);
    std::_Exit(2);
  }
  // For ever: goroutines may run until the process ends.
  fixed_schedule = new Chooser(seed);
  watched = true;
}

void preempt() {
  const Machine* machine = this_machine();
  // Not on a foreign thread, in csp::blocking, or where timers fire.
  if (!machine || !machine->processor() || !machine->current) return;
  if (scheduler().stopping()) return;
  // Published already to whoever will wake it: the unlock of a wait.
  if (machine->current->status.load() != Status::kRunning) return;
  if (chooser()->preempts()) scheduler().yield();
}

}  // namespace csp::internal
