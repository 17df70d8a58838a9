// A goroutine's write is remembered however many others have come and gone.
#include <csp/csp.h>

#include <atomic>

std::atomic<int> ended{0};
int value = 0;

int main() {
  csp::go([] {
    value = 1;
#ifdef RACY
    ended.fetch_add(1, std::memory_order_relaxed);
#else
    ended.fetch_add(1, std::memory_order_release);
#endif
  });
  constexpr int kOthers = 20000;
  for (int i = 0; i < kOthers; ++i) {
    csp::go([] { ended.fetch_add(1, std::memory_order_relaxed); });
  }
  while (ended.load(std::memory_order_relaxed) <= kOthers) csp::yield();
  ended.load(std::memory_order_acquire);
  value = 2;
  return 0;
}
