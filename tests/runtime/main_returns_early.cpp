// main returns while goroutines compute, sleep, wait and sit in system calls,
// with memory of their own: that is no error, and nothing is reported.
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <iostream>
#include <memory>
#include <vector>

#include "csp/csp.h"

int main() {
  auto never = csp::make_chan<std::unique_ptr<int>>();
  static std::atomic<int> started{0};
  for (int i = 0; i < 4; ++i) {
    csp::go([never] {
      const std::vector<std::unique_ptr<int>> own(10);
      ++started;
      never.recv();
    });
    csp::go([never] {
      auto value = std::make_unique<int>(1);
      ++started;
      never << std::move(value);
      never << std::make_unique<int>(2);
    });
    csp::go([] {
      const auto own = std::make_unique<int>(3);
      ++started;
      csp::sleep_for(std::chrono::hours(1));
    });
    csp::go([] {
      const auto own = std::make_unique<int>(4);
      ++started;
      csp::blocking([] { pause(); });
    });
  }
  while (started < 16) csp::yield();
  if (csp::gomaxprocs() > 1) {
    // Nobody comes between it and its end.
    csp::go([] {
      const auto own = std::make_unique<int>(5);
      ++started;
      for (;;) __asm__ volatile("");
    });
    while (started < 17) csp::yield();
  }
  std::cout << "main is done\n";
  return 0;
}
