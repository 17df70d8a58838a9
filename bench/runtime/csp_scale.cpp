// Many goroutines: how fast they come and go, and what they hold.
#include <csp/csp.h>
#include <sys/mman.h>

#include <chrono>
#include <cstdlib>

#include "bench/runtime/csp_kernels.h"

namespace bench {

namespace {

void spawn_and_join_one(int n) {
  for (int i = 0; i < n; ++i) {
    csp::wait_group one;
    one.go([] {});
    one.wait();
  }
}

void spawn_batch(int n) {
  csp::wait_group all;
  for (int i = 0; i < n; ++i) all.go([] {});
  all.wait();
}

void parked(int n) {
  auto gate = csp::make_chan<csp::unit>();
  csp::wait_group started;
  csp::wait_group all;
  for (int i = 0; i < n; ++i) {
    started.add();
    all.go([&started, gate] {
      started.done();
      gate.recv();
    });
  }
  started.wait();
  gate.close();
  all.wait();
}

// The same, looked at on the way.
void memory(int n) {
  MemoryFigures figures;
  {
    auto gate = csp::make_chan<csp::unit>();
    csp::wait_group started;
    csp::wait_group all;
    for (int i = 0; i < n; ++i) {
      started.add();
      all.go([&started, gate] {
        started.done();
        gate.recv();
      });
    }
    started.wait();
    csp::sleep_for(std::chrono::milliseconds(100));
    figures.parked(n);
    gate.close();
    all.wait();
  }
  figures.ended();
}

// What the operating system takes for a page each, which a stack begins with.
void pages(int n) {
  constexpr std::size_t kPageBytes = 4096;
  const std::size_t bytes = static_cast<std::size_t>(n) * kPageBytes;
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) std::abort();
  madvise(memory, bytes, MADV_NOHUGEPAGE);
  auto* first = static_cast<volatile char*>(memory);
  for (std::size_t at = 0; at < bytes; at += kPageBytes) first[at] = 1;
  munmap(memory, bytes);
}

void sleepers(int n) {
  csp::wait_group all;
  for (int i = 0; i < n; ++i) {
    all.go([i] { csp::sleep_for(std::chrono::milliseconds(1 + i % 50)); });
  }
  all.wait();
}

}  // namespace

void add_scale_kernels(Kernels& kernels) {
  constexpr int kMillion = 1'000'000;
  kernels["spawn_one"] = {300'000, spawn_and_join_one};
  kernels["spawn_batch"] = {kMillion, spawn_batch};
  kernels["parked"] = {kMillion, parked, Clock::kCpuIfAlone, 1, false};
  kernels["memory"] = {kMillion, memory, Clock::kWall, 1, false};
  kernels["pages"] = {kMillion, pages, Clock::kCpuIfAlone, 1, false};
  kernels["sleepers"] = {100'000, sleepers, Clock::kWall};
}

}  // namespace bench
