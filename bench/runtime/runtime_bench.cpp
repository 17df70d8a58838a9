// runtime_bench NAME PROCESSORS: runs one kernel and prints nanoseconds per
// operation. main.go beside this file has the same kernels for Go.
#include <csp/csp.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

/// Runs the kernel's `operations`, several times where that is short; the
/// least time counts, since noise only adds.
struct Kernel {
  int operations;
  std::function<void(int)> run;
};

void ping_pong(int n) {
  auto there = csp::make_chan<int>();
  auto back = csp::make_chan<int>();
  csp::go([=] {
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

void stream(int n, std::size_t capacity) {
  auto c = csp::make_chan<int>(capacity);
  csp::go([=] {
    for (int i = 0; i < n; ++i) c.send(i);
    c.close();
  });
  for ([[maybe_unused]] int v : c) {
  }
}

void many_to_many(int n) {
  auto c = csp::make_chan<int>(128);
  csp::wait_group producers;
  csp::wait_group consumers;
  for (int g = 0; g < 8; ++g) {
    producers.go([=] {
      for (int i = 0; i < n / 8; ++i) c.send(i);
    });
    consumers.go([=] {
      for ([[maybe_unused]] int v : c) {
      }
    });
  }
  producers.wait();
  c.close();
  consumers.wait();
}

void yield_between_two(int n) {
  csp::wait_group both;
  for (int g = 0; g < 2; ++g) {
    both.go([=] {
      for (int i = 0; i < n / 2; ++i) csp::yield();
    });
  }
  both.wait();
}

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

void select_ready(int n, std::size_t cases) {
  std::vector<csp::chan<int>> c;
  for (std::size_t i = 0; i < 8; ++i) {
    c.push_back(csp::make_chan<int>(1));
    c.back().send(0);
  }
  for (int i = 0; i < n; ++i) {
    int index = 0;
    if (cases == 2) {
      index = csp::select(recv_case(c[0]), recv_case(c[1]));
    } else if (cases == 4) {
      index = csp::select(recv_case(c[0]), recv_case(c[1]), recv_case(c[2]),
                          recv_case(c[3]));
    } else {
      index = csp::select(recv_case(c[0]), recv_case(c[1]), recv_case(c[2]),
                          recv_case(c[3]), recv_case(c[4]), recv_case(c[5]),
                          recv_case(c[6]), recv_case(c[7]));
    }
    c[static_cast<std::size_t>(index)].send(0);
  }
}

void select_blocked(int n, std::size_t cases) {
  std::vector<csp::chan<int>> c;
  for (std::size_t i = 0; i < 8; ++i) c.push_back(csp::make_chan<int>());
  csp::go([=] {
    for (int i = 0; i < n; ++i) c[static_cast<std::size_t>(i) % cases].send(i);
  });
  for (int i = 0; i < n; ++i) {
    if (cases == 2) {
      csp::select(recv_case(c[0]), recv_case(c[1]));
    } else if (cases == 4) {
      csp::select(recv_case(c[0]), recv_case(c[1]), recv_case(c[2]),
                  recv_case(c[3]));
    } else {
      csp::select(recv_case(c[0]), recv_case(c[1]), recv_case(c[2]),
                  recv_case(c[3]), recv_case(c[4]), recv_case(c[5]),
                  recv_case(c[6]), recv_case(c[7]));
    }
  }
}

void mutex_uncontended(int n) {
  csp::mutex m;
  for (int i = 0; i < n; ++i) {
    m.lock();
    m.unlock();
  }
}

void mutex_contended(int n) {
  csp::mutex m;
  csp::wait_group all;
  for (int g = 0; g < 8; ++g) {
    all.go([&] {
      for (int i = 0; i < n / 8; ++i) {
        m.lock();
        m.unlock();
      }
    });
  }
  all.wait();
}

// One token goes round 10,000 goroutines.
void ring(int n) {
  constexpr int kMembers = 10'000;
  auto first = csp::make_chan<int>();
  auto in = first;
  csp::wait_group all;
  for (int i = 0; i < kMembers - 1; ++i) {
    auto out = csp::make_chan<int>();
    all.go([=] {
      for (int token : in) out.send(token);
      out.close();
    });
    in = out;
  }
  for (int round = 0; round < n / kMembers; ++round) {
    first.send(round);
    in.recv();
  }
  first.close();
  in.recv();
  all.wait();
}

void sieve(int primes) {
  auto stop = csp::make_chan<csp::unit>();
  auto in = csp::make_chan<int>();
  csp::go([=] {
    for (int i = 2;; ++i) {
      if (csp::select(send_case(in, i), recv_case(stop)) == 1) return;
    }
  });
  for (int i = 0; i < primes; ++i) {
    const int prime = *in.recv();
    auto out = csp::make_chan<int>();
    csp::go([=] {
      for (;;) {
        std::optional<int> v;
        if (csp::select(recv_case(in, v), recv_case(stop)) == 1) return;
        if (*v % prime == 0) continue;
        if (csp::select(send_case(out, *v), recv_case(stop)) == 1) return;
      }
    });
    in = out;
  }
  stop.close();
}

void parked(int n) {
  auto gate = csp::make_chan<csp::unit>();
  csp::wait_group all;
  for (int i = 0; i < n; ++i) all.go([gate] { gate.recv(); });
  csp::yield();
  gate.close();
  all.wait();
}

void sleepers(int n) {
  csp::wait_group all;
  for (int i = 0; i < n; ++i) {
    all.go([i] { csp::sleep_for(std::chrono::milliseconds(1 + i % 50)); });
  }
  all.wait();
}

const std::map<std::string, Kernel>& kernels() {
  using namespace std::placeholders;
  static const std::map<std::string, Kernel> all{
      {"ping_pong", {500'000, ping_pong}},
      {"stream", {500'000, std::bind(stream, _1, 0)}},
      {"buffered", {1'000'000, std::bind(stream, _1, 128)}},
      {"many_to_many", {1'000'000, many_to_many}},
      {"yield", {1'000'000, yield_between_two}},
      {"spawn_one", {300'000, spawn_and_join_one}},
      {"spawn_batch", {1'000'000, spawn_batch}},
      {"select_2_ready", {500'000, std::bind(select_ready, _1, 2)}},
      {"select_4_ready", {500'000, std::bind(select_ready, _1, 4)}},
      {"select_8_ready", {500'000, std::bind(select_ready, _1, 8)}},
      {"select_2_blocked", {500'000, std::bind(select_blocked, _1, 2)}},
      {"select_4_blocked", {500'000, std::bind(select_blocked, _1, 4)}},
      {"select_8_blocked", {500'000, std::bind(select_blocked, _1, 8)}},
      {"mutex", {5'000'000, mutex_uncontended}},
      {"mutex_contended", {800'000, mutex_contended}},
      {"ring", {500'000, ring}},
      {"sieve", {1'000, sieve}},
      {"parked", {200'000, parked}},
      {"sleepers", {100'000, sleepers}},
  };
  return all;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3 || !kernels().contains(argv[1])) {
    for (const auto& [name, kernel] : kernels()) std::puts(name.c_str());
    return argc == 1 ? 0 : 2;
  }
  csp::gomaxprocs(std::atoi(argv[2]));
  const Kernel& kernel = kernels().at(argv[1]);
  double best = 1e300;
  for (int round = 0; round < 3; ++round) {
    const auto begin = Clock::now();
    kernel.run(kernel.operations);
    const std::chrono::duration<double, std::nano> took = Clock::now() - begin;
    best = std::min(best, took.count() / kernel.operations);
  }
  std::printf("%.1f\n", best);
}
