// A timer's callback returns early with the lock held.
// deadlock: owner ended while holding
#include <csp/csp.h>

int main() {
  csp::mutex mu;
  auto fired = csp::make_chan<csp::unit>(1);
  const bool aborted = true;
  auto timer = csp::after_func(std::chrono::milliseconds(1), [&] {
    mu.lock();
    fired << csp::unit{};
    if (aborted) {
#if FIXED
      mu.unlock();
#endif
      return;
    }
    mu.unlock();
  });
  fired.recv();
  csp::sleep_for(std::chrono::milliseconds(1));
  mu.lock();  // knot: sync.Mutex.Lock
  mu.unlock();
}
