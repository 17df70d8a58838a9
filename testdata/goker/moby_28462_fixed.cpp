// Stop is sent without the lock.
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
  container.stop << csp::unit{};
}
