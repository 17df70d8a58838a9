// The lock is taken after the wait.
#include <csp/csp.h>

#include <mutex>

int total() {
  csp::mutex mu;
  csp::wait_group wg;
  int sum = 0;
  wg.go([&] {
    std::lock_guard own(mu);
    ++sum;
  });
  wg.wait();
  std::lock_guard lock(mu);
  return sum;
}
