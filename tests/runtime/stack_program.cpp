// stack_program MODE [KB]: what stack_test.cpp runs with options.
#include <csp/csp.h>

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>

namespace {

/// Touches about `kilobytes` of the stack it runs on.
[[gnu::noinline]] int recurse(int kilobytes) {
  volatile char frame[1024];
  std::memset(const_cast<char*>(frame), kilobytes & 0x7f, sizeof frame);
  if (kilobytes <= 0) return frame[7];
  return recurse(kilobytes - 1) + frame[kilobytes % 1024];
}

/// In kilobytes.
long resident() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) return std::atol(line.c_str() + 6);
  }
  return 0;
}

/// Waits until less than `kilobytes` are resident; the time limit of the test
/// ends it if they never are.
void wait_until_below(long kilobytes) {
  while (resident() >= kilobytes) {
    csp::sleep_for(std::chrono::milliseconds(20));
  }
}

void in_goroutine(int kilobytes) {
  csp::wait_group one;
  one.go([&] {
    csp::set_goroutine_name("digger");
    recurse(kilobytes);
  });
  one.wait();
}

void on_own_stack(int kilobytes, std::size_t stack_bytes) {
  csp::wait_group one;
  one.add();
  csp::go(csp::stack_size{stack_bytes}, [&] {
    csp::set_goroutine_name("digger");
    recurse(kilobytes);
    one.done();
  });
  one.wait();
}

/// 50,000 goroutines, 200 MB, and then none.
void many() {
  const long before = resident();
  {
    auto gate = csp::make_chan<csp::unit>();
    csp::wait_group started;
    csp::wait_group all;
    for (int i = 0; i < 50'000; ++i) {
      started.add();
      all.go([&, gate] {
        started.done();
        gate.recv();
      });
    }
    started.wait();
    if (resident() < before + 100'000) std::puts("they cost nothing?");
    gate.close();
    all.wait();
  }
  constexpr long kCaches = 1'500;
  wait_until_below(before + kCaches);
  std::puts("given back");
}

/// 200 stacks of 8 MB, touched, and then ended.
void large() {
  const long before = resident();
  for (int i = 0; i < 200; ++i) on_own_stack(4'000, 8 << 20);
  wait_until_below(before + 8'000);
  std::puts("given back");
}

/// 400 goroutines that have been deep and now wait for long.
void deep() {
  constexpr int kGoroutines = 400;
  constexpr int kDepthKilobytes = 200;
  auto gate = csp::make_chan<csp::unit>();
  csp::wait_group started;
  csp::wait_group all;
  const long before = resident();
  for (int i = 0; i < kGoroutines; ++i) {
    started.add();
    all.go([&, gate] {
      std::string kept = "kept across the wait";
      recurse(kDepthKilobytes);
      started.done();
      gate.recv();
      if (kept != "kept across the wait") std::puts("lost");
      recurse(kDepthKilobytes);
    });
  }
  started.wait();
  // Of what they have touched, the first may have given theirs back already.
  wait_until_below(before + kGoroutines * kDepthKilobytes / 4);
  gate.close();
  all.wait();
  std::puts("given back");
}

}  // namespace

int main(int argc, char** argv) {
  const std::string mode = argc > 1 ? argv[1] : "";
  const int kilobytes = argc > 2 ? std::atoi(argv[2]) : 0;
  if (mode == "default") in_goroutine(kilobytes);
  if (mode == "own") on_own_stack(kilobytes, 16 << 20);
  if (mode == "huge") {
    try {
      on_own_stack(1, std::size_t{1} << 62);
    } catch (const std::bad_alloc&) {
      std::puts("no memory");
      in_goroutine(1);
    }
  }
  if (mode == "many") many();
  if (mode == "large") large();
  if (mode == "deep") deep();
  std::puts("done");
}
