// Any goroutine may unlock.
#include <csp/csp.h>

#include <mutex>

csp::mutex mu;

int main() {
  mu.lock();
  csp::go([] { mu.unlock(); });
  mu.lock();
  mu.unlock();
  std::unique_lock guard(mu);
  guard.unlock();
  guard.lock();
}
