// The kernels of csp_bench that Boost.Fiber offers: it has no select and no
// sockets. With one processor its default scheduler runs; with two, shared
// work between two OS threads.
#include <boost/fiber/all.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include "bench/runtime/harness.h"

namespace {

namespace fibers = boost::fibers;
using Unbuffered = fibers::unbuffered_channel<int>;
using Buffered = fibers::buffered_channel<int>;

// What its own examples use for many fibers.
constexpr std::size_t kStackBytes = 16 * 1024;

template <class F>
fibers::fiber go(F&& f) {
  return fibers::fiber(fibers::launch::post, std::allocator_arg,
                       fibers::fixedsize_stack(kStackBytes),
                       std::forward<F>(f));
}

void join(std::vector<fibers::fiber>& all) {
  for (auto& one : all) one.join();
}

void ping_pong(int n) {
  Unbuffered there;
  Unbuffered back;
  auto peer = go([&] {
    for (int i = 0; i < n; ++i) {
      there.value_pop();
      back.push(i);
    }
  });
  for (int i = 0; i < n; ++i) {
    there.push(i);
    back.value_pop();
  }
  peer.join();
}

template <class Channel>
void drain(Channel& c) {
  int value = 0;
  while (c.pop(value) == fibers::channel_op_status::success) {
  }
}

template <class Channel>
void stream_over(Channel& c, int n) {
  auto producer = go([&] {
    for (int i = 0; i < n; ++i) c.push(i);
    c.close();
  });
  drain(c);
  producer.join();
}

void stream(int n) {
  Unbuffered c;
  stream_over(c, n);
}

void buffered(int n) {
  Buffered c(128);
  stream_over(c, n);
}

void many_to_many(int n) {
  Buffered c(128);
  std::vector<fibers::fiber> producers;
  std::vector<fibers::fiber> consumers;
  for (int g = 0; g < 8; ++g) {
    producers.push_back(go([&] {
      for (int i = 0; i < n / 8; ++i) c.push(i);
    }));
    consumers.push_back(go([&] { drain(c); }));
  }
  join(producers);
  c.close();
  join(consumers);
}

void yield_between_two(int n) {
  std::vector<fibers::fiber> both;
  for (int g = 0; g < 2; ++g) {
    both.push_back(go([n] {
      for (int i = 0; i < n / 2; ++i) boost::this_fiber::yield();
    }));
  }
  join(both);
}

void spawn_and_join_one(int n) {
  for (int i = 0; i < n; ++i) go([] {}).join();
}

void spawn_batch(int n) {
  std::vector<fibers::fiber> all;
  all.reserve(static_cast<std::size_t>(n));
  for (int i = 0; i < n; ++i) all.push_back(go([] {}));
  join(all);
}

void mutex_uncontended(int n) {
  fibers::mutex m;
  for (int i = 0; i < n; ++i) {
    m.lock();
    m.unlock();
  }
}

template <bool Yields>
void mutex_contended(int n) {
  fibers::mutex m;
  std::vector<fibers::fiber> all;
  for (int g = 0; g < 8; ++g) {
    all.push_back(go([&] {
      for (int i = 0; i < n / 8; ++i) {
        m.lock();
        if (Yields) boost::this_fiber::yield();
        m.unlock();
      }
    }));
  }
  join(all);
}

void ring(int n) {
  constexpr std::size_t kMembers = 10'000;
  std::vector<std::unique_ptr<Unbuffered>> c;
  for (std::size_t i = 0; i < kMembers; ++i) {
    c.push_back(std::make_unique<Unbuffered>());
  }
  std::vector<fibers::fiber> all;
  for (std::size_t i = 0; i + 1 < kMembers; ++i) {
    all.push_back(go([&in = *c[i], &out = *c[i + 1]] {
      int token = 0;
      while (in.pop(token) == fibers::channel_op_status::success) {
        out.push(token);
      }
      out.close();
    }));
  }
  for (int round = 0; round < n / static_cast<int>(kMembers); ++round) {
    c.front()->push(round);
    c.back()->value_pop();
  }
  c.front()->close();
  drain(*c.back());
  join(all);
}

void sieve(int primes) {
  std::vector<std::unique_ptr<Unbuffered>> c;
  c.push_back(std::make_unique<Unbuffered>());
  std::vector<fibers::fiber> all;
  all.push_back(go([&first = *c[0]] {
    for (int i = 2;; ++i) {
      if (first.push(i) != fibers::channel_op_status::success) return;
    }
  }));
  for (int i = 0; i < primes; ++i) {
    Unbuffered& in = *c.back();
    const int prime = in.value_pop();
    c.push_back(std::make_unique<Unbuffered>());
    all.push_back(go([&in, &out = *c.back(), prime] {
      int v = 0;
      while (in.pop(v) == fibers::channel_op_status::success) {
        if (v % prime != 0) out.push(v);
      }
    }));
  }
  for (auto& one : c) one->close();
  join(all);
}

void fan_in(int n) {
  Buffered jobs(64);
  Buffered results(64);
  std::vector<fibers::fiber> all;
  for (int g = 0; g < 8; ++g) {
    all.push_back(go([&] {
      int job = 0;
      while (jobs.pop(job) == fibers::channel_op_status::success) {
        results.push(job + 1);
      }
    }));
  }
  all.push_back(go([&] {
    for (int i = 0; i < n; ++i) jobs.push(i);
    jobs.close();
  }));
  for (int i = 0; i < n; ++i) results.value_pop();
  join(all);
}

template <bool Measures>
void parked(int n) {
  bench::MemoryFigures figures;
  {
    fibers::barrier started(2);
    std::atomic<int> waiting{0};
    Unbuffered gate;
    std::vector<fibers::fiber> all;
    all.reserve(static_cast<std::size_t>(n));
    for (int i = 0; i < n; ++i) {
      all.push_back(go([&] {
        ++waiting;
        drain(gate);
      }));
    }
    while (waiting.load() < n) boost::this_fiber::yield();
    if (Measures) figures.parked(n);
    gate.close();
    join(all);
  }
  if (Measures) figures.ended();
}

void sleepers(int n) {
  std::vector<fibers::fiber> all;
  for (int i = 0; i < n; ++i) {
    all.push_back(go([i] {
      boost::this_fiber::sleep_for(std::chrono::milliseconds(1 + i % 50));
    }));
  }
  join(all);
}

void set_processors(int count) {
  if (count == 1) return;
  for (int p = 1; p < count; ++p) {
    std::thread([] {
      fibers::use_scheduling_algorithm<fibers::algo::shared_work>(true);
      // For ever: the process ends under it.
      fibers::mutex mutex;
      std::unique_lock<fibers::mutex> lock(mutex);
      fibers::condition_variable().wait(lock, [] { return false; });
    }).detach();
  }
  fibers::use_scheduling_algorithm<fibers::algo::shared_work>(true);
}

void spin(int processors) {
  std::vector<fibers::fiber> all;
  for (int p = 0; p < processors; ++p) {
    all.push_back(go([deadline = bench::Deadline()] {
      while (!deadline.over()) {
      }
    }));
  }
  join(all);
}

// Its stacks are mappings of two pages and more each, so that a million of
// them is beyond many a machine: a tenth.
constexpr int kMany = 100'000;

const bench::Kernels kKernels{
    {"ping_pong", {500'000, ping_pong}},
    {"stream", {500'000, stream}},
    {"buffered", {2'000'000, buffered}},
    {"many_to_many", {2'000'000, many_to_many}},
    {"yield", {2'000'000, yield_between_two}},
    {"spawn_one", {300'000, spawn_and_join_one}},
    {"spawn_batch", {kMany, spawn_batch}},
    {"mutex", {5'000'000, mutex_uncontended}},
    {"mutex_contended", {2'000'000, mutex_contended<false>}},
    {"mutex_yield", {400'000, mutex_contended<true>}},
    {"ring", {200'000, ring}},
    {"sieve", {2'000, sieve, bench::Clock::kCpuIfAlone, 1}},
    {"fan_in", {500'000, fan_in}},
    {"parked", {kMany, parked<false>, bench::Clock::kCpuIfAlone, 1, false}},
    {"memory", {kMany, parked<true>, bench::Clock::kWall, 1, false}},
    {"sleepers", {kMany, sleepers, bench::Clock::kWall, 1}},
};

}  // namespace

int main(int argc, char** argv) {
  const int status = bench::run(argc, argv, {kKernels, set_processors, spin});
  std::fflush(stdout);
  // The other OS thread still waits for fibers.
  std::quick_exit(status);
}
