// One operation.
#include <atomic>

std::atomic<int> count = 0;

void add() { ++count; }

void set(int base) { count.store(base + 1); }
