// Two workers write into the same results.
#include <csp/csp.h>

#include <array>
#include <functional>
#include <mutex>

void parallelise(int workers, std::function<void(int)> work) {
  csp::wait_group wg;
  wg.add(workers);
  for (int i = 0; i < workers; ++i)
    csp::go([=, &wg] {
      work(i);
      wg.done();
    });
  wg.wait();
}

int main() {
  int result = 0;
  csp::mutex mu;
  parallelise(2, [&](int) {
#ifdef FIXED
    std::lock_guard lock(mu);
#endif
    result = 1;  // want "chansan-race-sibling-goroutines"
  });
}
