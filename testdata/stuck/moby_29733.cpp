// A waiter loops until a flag is set; who sets it does so before, and its
// signal is lost.
// deadlock: lost signal
#include <csp/csp.h>

#include <mutex>

int main() {
  csp::mutex mu;
  csp::condition_variable activated;
  bool active = false;
  activated.notify_one();
#if FIXED
  active = true;
#endif
  std::unique_lock held(mu);
  while (!active) {
    activated.wait(held);  // knot: sync.Cond.Wait
  }
}
