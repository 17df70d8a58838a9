// The first and the last of many goroutines, all of them alive.
#include <csp/csp.h>

#include <atomic>

int value = 0;

int main() {
  constexpr int kMany = 20000;
  const auto gate = csp::make_chan<csp::unit>();
  const auto turn = csp::make_chan<csp::unit>();
  std::atomic<int> begun{0};
  csp::wait_group all;
  for (int i = 0; i < kMany; ++i) {
    all.go([&, i] {
      begun.fetch_add(1, std::memory_order_relaxed);
      gate.recv();
      if (i == 0) {
        value = 1;
#ifdef RACY
        begun.fetch_add(1, std::memory_order_relaxed);
#else
        turn.send({});
#endif
      } else if (i == kMany - 1) {
#ifdef RACY
        while (begun.load(std::memory_order_relaxed) <= kMany) csp::yield();
#else
        turn.recv();
#endif
        value = 2;
      }
    });
  }
  while (begun.load(std::memory_order_relaxed) < kMany) csp::yield();
  gate.close();
  all.wait();
  return value == 2 ? 0 : 1;
}
