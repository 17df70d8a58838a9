// A read-modify-write continues a release sequence; a plain store breaks it.
#include <atomic>
#include <thread>

int data = 0;
std::atomic<int> state{0};

int main() {
  std::thread middle([] {
    while (state.load(std::memory_order_relaxed) != 1) {
      std::this_thread::yield();
    }
#ifdef RACY
    state.store(2, std::memory_order_relaxed);
#else
    state.fetch_add(1, std::memory_order_relaxed);
#endif
  });
  std::thread reader([] {
    while (state.load(std::memory_order_relaxed) != 2) {
      std::this_thread::yield();
    }
    state.load(std::memory_order_acquire);
    if (data != 7) __builtin_trap();
  });
  data = 7;
  state.store(1, std::memory_order_release);
  middle.join();
  reader.join();
  return 0;
}
