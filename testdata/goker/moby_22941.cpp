// The loop changes what the goroutine reads.
#include <csp/csp.h>

#include <mutex>

int used = 0;
csp::mutex mu;

int main() {
  csp::wait_group wg;
  for (int i = 0; i < 3; ++i) {
    wg.add(1);
#ifdef FIXED
    csp::go([&wg, i] {
#else
    csp::go([&wg, &i] {
#endif
      std::lock_guard lock(mu);
      used += i;  // want "chansan-race-loop-var-capture"
      wg.done();
    });
  }
  wg.wait();
}
