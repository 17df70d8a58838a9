// The guard unlocks before the next statement.
#include <mutex>

std::mutex mutex;
int count;

void increment() {
#ifndef FIXED
  std::lock_guard<std::mutex>{mutex};  // want "this guard has no name"
#else
  std::lock_guard<std::mutex> lock{mutex};
#endif
  ++count;
}
