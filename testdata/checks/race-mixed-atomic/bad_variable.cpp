// What was read is kept for a while before it is written.
#include <atomic>

std::atomic<int> count;

void add(int more) {
  const int before = count.load();
  count.store(before + more);  // want "is read and then written"
}
