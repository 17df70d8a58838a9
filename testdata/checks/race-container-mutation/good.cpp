// A lock; or one after the other.
#include <csp/csp.h>

#include <mutex>
#include <vector>

std::size_t run() {
  std::vector<int> all;
  csp::mutex mu;
  csp::wait_group wg;
  for (int i = 0; i < 2; ++i)
    wg.go([&, i] {
      std::lock_guard lock(mu);
      all.push_back(i);
    });
  wg.wait();
  return all.size();
}
