// Two atomic operations are not one.
#include <atomic>

std::atomic<int> count = 0;

void add() {
  count.store(count.load() + 1);  // want "'count' is read and then written"
}

void add_too() {
  count = count + 1;  // want "'count' is read and then written"
}
