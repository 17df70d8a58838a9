// A compare-exchange that fails acquires only if its failure order says so.
#include <atomic>
#include <thread>

int data = 0;
std::atomic<int> state{0};

#ifdef RACY
constexpr auto kFailure = std::memory_order_relaxed;
#else
constexpr auto kFailure = std::memory_order_acquire;
#endif

int main() {
  std::thread reader([] {
    int expected = 0;
    do {
      expected = 5;
      state.compare_exchange_strong(expected, 6, std::memory_order_acq_rel,
                                    kFailure);
    } while (expected != 1);
    if (data != 7) __builtin_trap();
  });
  data = 7;
  state.store(1, std::memory_order_release);
  reader.join();
  return 0;
}
