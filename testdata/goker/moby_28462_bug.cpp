// The state change sends stop with the lock held; the monitor, in its default
// branch, waits for the same lock.
#include <csp/csp.h>

#include <mutex>

struct Container {
  csp::mutex mu;
  csp::chan<csp::unit> stop = csp::make_chan<csp::unit>();
};

void monitor(Container& container) {
  for (;;) {
    if (csp::select(csp::recv_case(container.stop), csp::default_case()) == 0)
      return;
    std::lock_guard guard(container.mu);
  }
}

int main() {
  Container container;
  csp::go([&] { monitor(container); });
  std::lock_guard guard(container.mu);
  container.stop << csp::unit{};  // want "all goroutines are asleep.*waits to send on 'stop'"
}
