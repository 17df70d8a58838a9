// One operation.
#include <atomic>

std::atomic<int> count = 0;

void add() { ++count; }

void set(int base) { count.store(base + 1); }

// One writer, which says so.
void turn() {
  count.store(count.load(std::memory_order_relaxed) + 1,
              std::memory_order_release);
}
