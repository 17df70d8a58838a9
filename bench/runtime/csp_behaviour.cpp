// What is not a speed: what an idle program costs, and how late timers are
// beside a goroutine that never yields.
#include <csp/csp.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <ctime>
#include <vector>

#include "bench/runtime/csp_kernels.h"

namespace bench {

namespace {

double cpu_microseconds() {
  timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e6 +
         static_cast<double>(now.tv_nsec) / 1e3;
}

// A thousand goroutines that wait for a channel, and main that sleeps.
void idle(int seconds) {
  auto never = csp::make_chan<csp::unit>();
  for (int i = 0; i < 1000; ++i) csp::go([never] { never.recv(); });
  csp::sleep_for(std::chrono::seconds(1));
  const double before = cpu_microseconds();
  csp::sleep_for(std::chrono::seconds(seconds));
  print("idle_cpu_microseconds_per_second",
        (cpu_microseconds() - before) / seconds);
}

void late(int sleeps) {
  using Clock = std::chrono::steady_clock;
  std::atomic<bool> stop{false};
  std::atomic<bool> busy{false};
  csp::go([&] {
    busy = true;
    while (!stop) {
    }
  });
  while (!busy) csp::yield();
  constexpr std::chrono::milliseconds kNap(2);
  std::vector<double> late;
  for (int i = 0; i < sleeps; ++i) {
    const auto begin = Clock::now();
    csp::sleep_for(kNap);
    late.push_back(
        std::chrono::duration<double, std::milli>(Clock::now() - begin - kNap)
            .count());
  }
  stop = true;
  std::sort(late.begin(), late.end());
  print("late_ms_median", late[late.size() / 2]);
  print("late_ms_most", late.back());
}

}  // namespace

void add_behaviour_kernels(Kernels& kernels) {
  kernels["idle"] = {5, idle, Clock::kWall, 1, false};
  kernels["late"] = {500, late, Clock::kWall, 1, false};
}

}  // namespace bench
