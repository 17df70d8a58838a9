// An atomic update that has no entry point: it orders like any other.
#include <thread>

int value = 0;
int largest = 0;

#ifdef RACY
constexpr int kOrder = __ATOMIC_RELAXED;
#else
constexpr int kOrder = __ATOMIC_ACQ_REL;
#endif

int main() {
  std::thread other([] {
    value = 1;
    __atomic_fetch_max(&largest, 5, kOrder);
  });
  while (__atomic_fetch_max(&largest, 1, kOrder) < 5) std::this_thread::yield();
  value = 2;
  other.join();
  return 0;
}
