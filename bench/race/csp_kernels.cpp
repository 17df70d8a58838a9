// Kernels of goroutines.
#include <csp/csp.h>

#include <array>
#include <atomic>
#include <mutex>
#include <vector>

#include "bench/race/kernel.h"

namespace chansan::bench {

namespace {

constexpr int kWorkers = 4;

std::uint64_t pipeline() {
  constexpr int kValues = 300000;
  auto from = csp::make_chan<int>(64);
  csp::go([from] {
    for (int i = 0; i < kValues; ++i) from.send(i);
    from.close();
  });
  for (int stage = 0; stage < 3; ++stage) {
    auto to = csp::make_chan<int>(64);
    csp::go([from, to] {
      for (const int value : from) to.send(value + 1);
      to.close();
    });
    from = to;
  }
  std::uint64_t sum = 0;
  for (const int value : from) sum += static_cast<std::uint64_t>(value);
  return sum;
}

std::uint64_t mutex_counter() {
  constexpr int kTurns = 500000;
  csp::mutex mutex;
  std::uint64_t count = 0;
  csp::wait_group all;
  for (int worker = 0; worker < kWorkers; ++worker) {
    all.go([&] {
      for (int i = 0; i < kTurns; ++i) {
        const std::scoped_lock guard(mutex);
        ++count;
      }
    });
  }
  all.wait();
  return count;
}

std::uint64_t atomic_counter() {
  constexpr int kTurns = 1000000;
  std::atomic<std::uint64_t> count{0};
  csp::wait_group all;
  for (int worker = 0; worker < kWorkers; ++worker) {
    all.go([&] {
      for (int i = 0; i < kTurns; ++i) count.fetch_add(1);
    });
  }
  all.wait();
  return count.load();
}

std::uint64_t spawn_join() {
  constexpr int kCount = 200000;
  std::uint64_t sum = 0;
  for (int i = 0; i < kCount; ++i) {
    csp::wait_group one;
    one.go([&] { sum += static_cast<std::uint64_t>(i); });
    one.wait();
  }
  return sum;
}

std::uint64_t ring() {
  constexpr int kMembers = 500;
  constexpr int kRounds = 1000;
  const auto first = csp::make_chan<int>();
  auto from = first;
  for (int i = 1; i < kMembers; ++i) {
    const auto to = csp::make_chan<int>();
    csp::go([from, to] {
      for (const int value : from) to.send(value + 1);
      to.close();
    });
    from = to;
  }
  csp::go([first] { first.send(0); });
  int value = 0;
  for (int round = 0; round < kRounds; ++round) {
    value = *from.recv();
    if (round + 1 < kRounds) first.send(value + 1);
  }
  first.close();
  from.recv();
  return static_cast<std::uint64_t>(value);
}

std::uint64_t fan_in() {
  constexpr int kSenders = 1000;
  constexpr int kEach = 400;
  const auto all = csp::make_chan<int>();
  for (int sender = 0; sender < kSenders; ++sender) {
    csp::go([=] {
      for (int i = 0; i < kEach; ++i) all.send(i);
    });
  }
  std::uint64_t sum = 0;
  for (int i = 0; i < kSenders * kEach; ++i) {
    sum += static_cast<std::uint64_t>(*all.recv());
  }
  return sum;
}

constexpr std::array kKernels{
    Kernel{"pipeline", &pipeline},
    Kernel{"mutex", &mutex_counter},
    Kernel{"atomic", &atomic_counter},
    Kernel{"spawn-join", &spawn_join},
    Kernel{"ring", &ring},
    Kernel{"fan-in", &fan_in},
};

}  // namespace

std::span<const Kernel> concurrent_kernels() { return kKernels; }

}  // namespace chansan::bench
