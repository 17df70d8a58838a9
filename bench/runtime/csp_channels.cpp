// Channels and locks between a few goroutines, and chains of many.
#include <csp/csp.h>

#include "bench/runtime/csp_kernels.h"

namespace bench {

namespace {

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

template <std::size_t Capacity>
void stream(int n) {
  auto c = csp::make_chan<int>(Capacity);
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

// Sieve of Eratosthenes, a filter for each prime. The chain is left behind
// blocked, as in the programs that this is known from.
void sieve(int primes) {
  auto in = csp::make_chan<int>();
  csp::go([=] {
    for (int i = 2;; ++i) in.send(i);
  });
  for (int i = 0; i < primes; ++i) {
    const int prime = *in.recv();
    auto out = csp::make_chan<int>();
    csp::go([=] {
      for (int v : in) {
        if (v % prime != 0) out.send(v);
      }
    });
    in = out;
  }
}

// Out to eight workers and back in.
void fan_in(int n) {
  auto jobs = csp::make_chan<int>(64);
  auto results = csp::make_chan<int>(64);
  for (int g = 0; g < 8; ++g) {
    csp::go([=] {
      for (int job : jobs) results.send(job + 1);
    });
  }
  csp::go([=] {
    for (int i = 0; i < n; ++i) jobs.send(i);
    jobs.close();
  });
  for (int i = 0; i < n; ++i) results.recv();
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

// Held across a yield, so that others come to wait for it.
void mutex_across_yield(int n) {
  csp::mutex m;
  csp::wait_group all;
  for (int g = 0; g < 8; ++g) {
    all.go([&] {
      for (int i = 0; i < n / 8; ++i) {
        m.lock();
        csp::yield();
        m.unlock();
      }
    });
  }
  all.wait();
}

}  // namespace

void add_channel_kernels(Kernels& kernels) {
  kernels["ping_pong"] = {500'000, ping_pong};
  kernels["stream"] = {1'000'000, stream<0>};
  kernels["buffered"] = {2'000'000, stream<128>};
  kernels["many_to_many"] = {2'000'000, many_to_many};
  kernels["yield"] = {2'000'000, yield_between_two};
  kernels["mutex"] = {5'000'000, mutex_uncontended};
  kernels["mutex_contended"] = {2'000'000, mutex_contended};
  kernels["mutex_yield"] = {400'000, mutex_across_yield};
  kernels["ring"] = {500'000, ring};
  kernels["sieve"] = {2'000, sieve};
  kernels["fan_in"] = {1'000'000, fan_in};
}

}  // namespace bench
