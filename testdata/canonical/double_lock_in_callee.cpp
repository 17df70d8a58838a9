// The function that is called locks what its caller holds.
#include <mutex>

std::mutex mutex;
int count;

void increment() {
#ifndef FIXED
  std::lock_guard<std::mutex> lock(mutex);  // want "locks 'mutex' again"
#endif
  ++count;
}

void add_two() {
  std::lock_guard<std::mutex> lock(mutex);
  increment();
  increment();
}
