// A write is remembered however much its thread has done since.
#include <atomic>
#include <thread>
#include <vector>

std::atomic<bool> done{false};
int data = 0;

int main() {
  std::thread first([] {
    data = 1;
    std::vector<int> others(3500000);
    for (int round = 0; round < 3; ++round) {
      for (int& one : others) one += round;
    }
#ifdef RACY
    done.store(true, std::memory_order_relaxed);
#else
    done.store(true, std::memory_order_release);
#endif
  });
  while (!done.load(std::memory_order_acquire)) std::this_thread::yield();
  data = 2;
  first.join();
  return 0;
}
