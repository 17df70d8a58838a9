// The kernels of csp_bench with what the standard library has: std::thread,
// and channels made of a mutex and condition variables. There is no select.
// With one processor the whole process runs on one CPU.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <barrier>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "bench/runtime/harness.h"

namespace {

/// As csp::chan<int>; unbuffered with a capacity of 0.
class Channel {
 public:
  explicit Channel(std::size_t capacity = 0) : capacity_(capacity) {}

  void send(int value) {
    std::unique_lock lock(mutex_);
    const std::uint64_t mine = sent_++;
    // A ticket for a place; one more than there is room for waits to be
    // received.
    room_.wait(lock, [&] {
      return mine < received_ + std::max<std::size_t>(capacity_, 1);
    });
    queue_.push_back(value);
    filled_.notify_one();
    if (capacity_ == 0) {
      taken_.wait(lock, [&] { return received_ > mine; });
    }
  }

  std::optional<int> recv() {
    std::unique_lock lock(mutex_);
    filled_.wait(lock, [&] { return !queue_.empty() || closed_; });
    if (queue_.empty()) return std::nullopt;
    const int value = queue_.front();
    queue_.pop_front();
    ++received_;
    room_.notify_all();
    if (capacity_ == 0) taken_.notify_all();
    return value;
  }

  void close() {
    const std::lock_guard hold(mutex_);
    closed_ = true;
    filled_.notify_all();
  }

 private:
  const std::size_t capacity_;
  std::mutex mutex_;
  std::condition_variable room_;
  std::condition_variable filled_;
  std::condition_variable taken_;
  std::deque<int> queue_;
  std::uint64_t sent_ = 0;
  std::uint64_t received_ = 0;
  bool closed_ = false;
};

using Threads = std::vector<std::jthread>;

void ping_pong(int n) {
  Channel there;
  Channel back;
  std::jthread peer([&] {
    for (int i = 0; i < n; ++i) {
      there.recv();
      back.send(i);
    }
  });
  for (int i = 0; i < n; ++i) {
    there.send(i);
    back.recv();
  }
}

template <std::size_t Capacity>
void stream(int n) {
  Channel c(Capacity);
  std::jthread producer([&] {
    for (int i = 0; i < n; ++i) c.send(i);
    c.close();
  });
  while (c.recv()) {
  }
}

void many_to_many(int n) {
  Channel c(128);
  Threads consumers;
  {
    Threads producers;
    for (int g = 0; g < 8; ++g) {
      producers.emplace_back([&] {
        for (int i = 0; i < n / 8; ++i) c.send(i);
      });
      consumers.emplace_back([&] {
        while (c.recv()) {
        }
      });
    }
  }
  c.close();
}

void yield_between_two(int n) {
  Threads both;
  for (int g = 0; g < 2; ++g) {
    both.emplace_back([n] {
      for (int i = 0; i < n / 2; ++i) std::this_thread::yield();
    });
  }
}

void spawn_and_join_one(int n) {
  for (int i = 0; i < n; ++i) std::thread([] {}).join();
}

void spawn_batch(int n) {
  Threads all;
  for (int i = 0; i < n; ++i) all.emplace_back([] {});
}

void mutex_uncontended(int n) {
  std::mutex m;
  for (int i = 0; i < n; ++i) {
    m.lock();
    m.unlock();
  }
}

template <bool Yields>
void mutex_contended(int n) {
  std::mutex m;
  Threads all;
  for (int g = 0; g < 8; ++g) {
    all.emplace_back([&] {
      for (int i = 0; i < n / 8; ++i) {
        m.lock();
        if (Yields) std::this_thread::yield();
        m.unlock();
      }
    });
  }
}

void fan_in(int n) {
  Channel jobs(64);
  Channel results(64);
  Threads all;
  for (int g = 0; g < 8; ++g) {
    all.emplace_back([&] {
      while (const auto job = jobs.recv()) results.send(*job + 1);
    });
  }
  all.emplace_back([&] {
    for (int i = 0; i < n; ++i) jobs.send(i);
    jobs.close();
  });
  for (int i = 0; i < n; ++i) results.recv();
}

template <bool Measures>
void parked(int n) {
  bench::MemoryFigures figures;
  {
    std::atomic<int> waiting{0};
    Channel gate;
    Threads all;
    for (int i = 0; i < n; ++i) {
      all.emplace_back([&] {
        ++waiting;
        gate.recv();
      });
    }
    while (waiting.load() < n) std::this_thread::yield();
    if (Measures) figures.parked(n);
    gate.close();
  }
  if (Measures) figures.ended();
}

constexpr std::size_t kMessageBytes = 64;
using Message = std::array<char, kMessageBytes>;

void send_at_once(int fd) {
  const int yes = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

bool read_message(int fd, Message& message) {
  return recv(fd, message.data(), message.size(), MSG_WAITALL) ==
         static_cast<ssize_t>(message.size());
}

void serve(int listener, int connections) {
  Threads all;
  for (int i = 0; i < connections; ++i) {
    const int fd = accept(listener, nullptr, nullptr);
    all.emplace_back([fd] {
      send_at_once(fd);
      Message message;
      while (read_message(fd, message)) {
        send(fd, message.data(), message.size(), 0);
      }
      close(fd);
    });
  }
}

template <int Connections>
void echo(int n) {
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof address;
  if (bind(listener, generic, size) != 0 || listen(listener, 64) != 0 ||
      getsockname(listener, generic, &size) != 0) {
    return;
  }
  Threads all;
  all.emplace_back([=] { serve(listener, Connections); });
  for (int c = 0; c < Connections; ++c) {
    all.emplace_back([=] {
      const int fd = socket(AF_INET, SOCK_STREAM, 0);
      if (connect(fd, generic, size) != 0) return;
      send_at_once(fd);
      Message message{};
      for (int i = 0; i < n / Connections; ++i) {
        send(fd, message.data(), message.size(), 0);
        read_message(fd, message);
      }
      close(fd);
    });
  }
  all.clear();
  close(listener);
}

void set_processors(int) {}  // scripts/bench gives us our CPUs

void spin(int processors) {
  Threads all;
  for (int p = 0; p < processors; ++p) {
    all.emplace_back([deadline = bench::Deadline()] {
      while (!deadline.over()) {
      }
    });
  }
}

constexpr int kMany = 10'000;  // as many as a machine likes to have
using bench::Clock;

const bench::Kernels kKernels{
    {"ping_pong", {20'000, ping_pong}},
    {"stream", {50'000, stream<0>}},
    {"buffered", {500'000, stream<128>}},
    {"many_to_many", {200'000, many_to_many}},
    {"yield", {200'000, yield_between_two}},
    {"spawn_one", {10'000, spawn_and_join_one}},
    {"spawn_batch", {kMany, spawn_batch}},
    {"mutex", {5'000'000, mutex_uncontended}},
    {"mutex_contended", {2'000'000, mutex_contended<false>}},
    {"mutex_yield", {100'000, mutex_contended<true>}},
    {"fan_in", {100'000, fan_in}},
    {"parked", {kMany, parked<false>, Clock::kCpuIfAlone, 1, false}},
    {"memory", {kMany, parked<true>, Clock::kWall, 1, false}},
    {"echo_1", {20'000, echo<1>, Clock::kWall}},
    {"echo_64", {32'000, echo<64>, Clock::kWall}},
};

}  // namespace

int main(int argc, char** argv) {
  return bench::run(argc, argv, {kKernels, set_processors, spin});
}
