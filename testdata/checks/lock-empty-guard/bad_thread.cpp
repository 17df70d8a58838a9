// A guard that never gets its lock.
#include <mutex>

std::mutex mu;
int level = 0;

void raise() {
  std::unique_lock<std::mutex> guard;  // want "the guard 'guard' has no lock"
  ++level;
}
