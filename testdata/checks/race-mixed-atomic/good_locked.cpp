// One writer at a time: the others only read.
#include <atomic>
#include <mutex>

std::mutex mu;
std::atomic<int> count;

void add(int more) {
  std::lock_guard lock(mu);
  count.store(count.load() + more);
}

int get() { return count.load(); }
