// A relaxed flag publishes what stands before a release fence before it.
#include <atomic>
#include <thread>

int data = 0;
std::atomic<bool> ready{false};

int main() {
  std::thread reader([] {
    while (!ready.load(std::memory_order_relaxed)) std::this_thread::yield();
    std::atomic_thread_fence(std::memory_order_acquire);
    if (data != 7) __builtin_trap();
  });
  data = 7;
#ifndef RACY
  std::atomic_thread_fence(std::memory_order_release);
#endif
  ready.store(true, std::memory_order_relaxed);
  reader.join();
  return 0;
}
