// A thread's write is remembered however many others have come and gone. Each
// is detached and joined by nobody, and told apart through a relaxed counter.
#include <atomic>
#include <thread>

std::atomic<int> ended{0};
int data = 0;

void wait_until(int count) {
  while (ended.load(std::memory_order_relaxed) < count) {
    std::this_thread::yield();
  }
}

int main() {
  constexpr int kOthers = 500;
  std::thread first([] {
    data = 1;
#ifdef RACY
    ended.fetch_add(1, std::memory_order_relaxed);
#else
    ended.fetch_add(1, std::memory_order_release);
#endif
  });
  first.detach();
  for (int i = 0; i < kOthers; ++i) {
    std::thread([] { ended.fetch_add(1, std::memory_order_relaxed); }).detach();
  }
  wait_until(kOthers + 1);
  ended.load(std::memory_order_acquire);
  data = 2;
  return 0;
}
