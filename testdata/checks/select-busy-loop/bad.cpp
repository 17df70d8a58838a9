// Spins until something comes.
#include <csp/csp.h>

void serve(csp::recv_chan<int> in, csp::recv_chan<csp::unit> quit) {
  int sum = 0;
  for (;;) {
    bool stop = false;
    csp::select(csp::recv_case(in, [&](std::optional<int> v) { sum += *v; }),
                csp::recv_case(quit, [&](auto) { stop = true; }),
                csp::default_case());  // want "this default makes the loop spin"
    if (stop) return;
  }
}
