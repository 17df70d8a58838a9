// 200 goroutines add to one number under a lock.
#include <csp/csp.h>

int main() {
  csp::wait_group wg;
  csp::mutex mu;
  int total = 0;
  for (int i = 0; i < 200; ++i) {
    wg.add(1);
    csp::go([&] {
      mu.lock();
      ++total;
      mu.unlock();
      wg.done();
    });
  }
  wg.wait();
}
