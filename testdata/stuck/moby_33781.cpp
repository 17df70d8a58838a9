// A monitor starts a probe and may stop before it takes the result.
// leak: no receiver left
#include <csp/csp.h>

void monitor(csp::recv_chan<csp::unit> stop) {
#if FIXED
  auto results = csp::make_chan<int>(1);
#else
  auto results = csp::make_chan<int>();
#endif
  csp::go([results] {
    results << 1;  // knot: chan send
  });
  stop.recv();
}

int main() {
  auto stop = csp::make_chan<csp::unit>();
  csp::go([stop] { stop.close(); });
  monitor(stop);
}
