// The worker needs the lock that the one who waits for it holds.
#include <csp/csp.h>

#include <mutex>

int total() {
  csp::mutex mu;
  csp::wait_group wg;
  int sum = 0;
  std::lock_guard lock(mu);
  wg.go([&] {
    std::lock_guard own(mu);  // want "goroutine 2 waits for the lock 'mu'.*unlock before the wait"
    ++sum;
  });
  wg.wait();
  return sum;
}
