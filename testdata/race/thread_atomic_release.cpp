// A flag publishes data if it is stored with release and read with acquire.
#include <atomic>
#include <thread>

int data = 0;
std::atomic<bool> ready{false};

#ifdef RACY
constexpr auto kStore = std::memory_order_relaxed;
#else
constexpr auto kStore = std::memory_order_release;
#endif

int main() {
  std::thread reader([] {
    while (!ready.load(std::memory_order_acquire)) std::this_thread::yield();
    if (data != 7) __builtin_trap();
  });
  data = 7;
  ready.store(true, kStore);
  reader.join();
  return 0;
}
