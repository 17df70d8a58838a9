// Inserting into a map from two threads. In the racy twin a relaxed counter
// has them take turns, which orders nothing but keeps the tree whole.
#include <atomic>
#include <map>
#include <mutex>
#include <thread>

std::map<int, int> numbers;
std::mutex guard;
std::atomic<int> turn{1};

void insert(int key) {
#ifdef RACY
  while (turn.load(std::memory_order_relaxed) != key) {
    std::this_thread::yield();
  }
#else
  const std::lock_guard<std::mutex> lock(guard);
#endif
  numbers[key] = key;
  turn.store(key + 1, std::memory_order_relaxed);
}

int main() {
  std::thread one(insert, 1);
  std::thread two(insert, 2);
  one.join();
  two.join();
  return 0;
}
