// Deferred, and then forgotten.
#include <mutex>

std::mutex mu;
int count;

void add() {
  std::unique_lock lock(mu, std::defer_lock);  // want "'lock' never locks"
  ++count;
}

void add_later() {
  std::unique_lock lock(mu, std::defer_lock);
  lock.lock();
  ++count;
}
