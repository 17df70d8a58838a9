// The state change sends stop with the lock held; the monitor, in its default
// branch, waits for the same lock.
// deadlock: channel and lock
#include <csp/csp.h>

#include <mutex>

struct Container {
  csp::mutex mu;
  csp::chan<csp::unit> stop = csp::make_chan<csp::unit>();
};

void monitor(Container& container) {
  for (;;) {
    if (csp::select(csp::recv_case(container.stop), csp::default_case()) == 0) {
      return;
    }
    std::lock_guard guard(container.mu);  // knot: sync.Mutex.Lock
    csp::yield();
  }
}

int main() {
  Container container;
  std::unique_lock guard(container.mu);
  csp::go([&] { monitor(container); });
  csp::sleep_for(std::chrono::milliseconds(2));
#if FIXED
  guard.unlock();
#endif
  container.stop << csp::unit{};  // knot: chan send
}
