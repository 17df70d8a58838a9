// A block that was freed and given to another thread has no history. In the
// racy twin the second owner still has the first one's pointer.
#include <atomic>
#include <cstdlib>
#include <thread>

std::atomic<int*> handed{nullptr};

int main() {
  std::thread first([] {
    for (int i = 0; i < 100; ++i) {
      int* block = static_cast<int*>(std::malloc(48));
      block[0] = i;
#ifdef RACY
      handed.store(block, std::memory_order_relaxed);
      return;
#endif
      std::free(block);
    }
  });
  std::thread second([] {
    for (int i = 0; i < 100; ++i) {
      int* block = static_cast<int*>(std::malloc(48));
      block[0] = i;
#ifdef RACY
      while (handed.load(std::memory_order_relaxed) == nullptr) {
        std::this_thread::yield();
      }
      *handed.load(std::memory_order_relaxed) = 1;
#endif
      std::free(block);
    }
  });
  first.join();
  second.join();
  return 0;
}
