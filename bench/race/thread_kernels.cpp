// The kernels of csp_kernels.cpp with OS threads, and a queue of a mutex and
// condition variables in the place of each channel. Where there are hundreds
// of goroutines there are fewer threads, and as much work for each.
#include <array>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "bench/race/kernel.h"

namespace chansan::bench {

namespace {

constexpr int kWorkers = 4;

class Queue {
 public:
  explicit Queue(std::size_t capacity) : capacity_(capacity) {}

  void send(int value) {
    std::unique_lock lock(mutex_);
    room_.wait(lock, [&] { return values_.size() < capacity_; });
    values_.push_back(value);
    filled_.notify_one();
  }
  void close() {
    const std::scoped_lock lock(mutex_);
    closed_ = true;
    filled_.notify_all();
  }
  std::optional<int> recv() {
    std::unique_lock lock(mutex_);
    filled_.wait(lock, [&] { return !values_.empty() || closed_; });
    if (values_.empty()) return std::nullopt;
    const int value = values_.front();
    values_.pop_front();
    room_.notify_one();
    return value;
  }

 private:
  const std::size_t capacity_;
  std::mutex mutex_;
  std::condition_variable room_;
  std::condition_variable filled_;
  std::deque<int> values_;
  bool closed_ = false;
};

void pass_on(Queue& from, Queue& to) {
  while (const auto value = from.recv()) to.send(*value + 1);
  to.close();
}

std::uint64_t pipeline() {
  constexpr int kValues = 300000;
  std::array<Queue, 4> queues{Queue(64), Queue(64), Queue(64), Queue(64)};
  std::vector<std::jthread> threads;
  threads.emplace_back([&] {
    for (int i = 0; i < kValues; ++i) queues[0].send(i);
    queues[0].close();
  });
  for (std::size_t stage = 0; stage < 3; ++stage) {
    threads.emplace_back(
        [&, stage] { pass_on(queues[stage], queues[stage + 1]); });
  }
  std::uint64_t sum = 0;
  while (const auto value = queues[3].recv()) {
    sum += static_cast<std::uint64_t>(*value);
  }
  return sum;
}

std::uint64_t mutex_counter() {
  constexpr int kTurns = 500000;
  std::mutex mutex;
  std::uint64_t count = 0;
  std::vector<std::jthread> all;
  for (int worker = 0; worker < kWorkers; ++worker) {
    all.emplace_back([&] {
      for (int i = 0; i < kTurns; ++i) {
        const std::scoped_lock guard(mutex);
        ++count;
      }
    });
  }
  all.clear();
  return count;
}

std::uint64_t atomic_counter() {
  constexpr int kTurns = 1000000;
  std::atomic<std::uint64_t> count{0};
  std::vector<std::jthread> all;
  for (int worker = 0; worker < kWorkers; ++worker) {
    all.emplace_back([&] {
      for (int i = 0; i < kTurns; ++i) count.fetch_add(1);
    });
  }
  all.clear();
  return count.load();
}

std::uint64_t spawn_join() {
  constexpr int kCount = 5000;
  std::uint64_t sum = 0;
  for (int i = 0; i < kCount; ++i) {
    std::jthread([&] { sum += static_cast<std::uint64_t>(i); }).join();
  }
  return sum;
}

std::uint64_t ring() {
  constexpr int kMembers = 20;
  constexpr int kRounds = 1000;
  std::vector<std::unique_ptr<Queue>> queues;
  for (int i = 0; i < kMembers; ++i) {
    queues.push_back(std::make_unique<Queue>(1));
  }
  std::vector<std::jthread> threads;
  for (std::size_t i = 0; i + 1 < queues.size(); ++i) {
    threads.emplace_back([&, i] { pass_on(*queues[i], *queues[i + 1]); });
  }
  int value = 0;
  for (int round = 0; round < kRounds; ++round) {
    queues.front()->send(value + 1);
    value = *queues.back()->recv();
  }
  queues.front()->close();
  return static_cast<std::uint64_t>(value);
}

std::uint64_t fan_in() {
  constexpr int kSenders = 20;
  constexpr int kEach = 4000;
  Queue all(1);
  std::vector<std::jthread> threads;
  for (int sender = 0; sender < kSenders; ++sender) {
    threads.emplace_back([&] {
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
