// One with a lock, one that gets it later.
#include <mutex>

std::mutex mu;
int level = 0;

void raise(bool shared) {
  std::scoped_lock guard(mu);
  ++level;
}

void lower(bool shared) {
  std::unique_lock<std::mutex> guard;
  if (shared) guard = std::unique_lock(mu);
  --level;
}
