// Waits; or lets others go first; or has something else to do.
#include <csp/csp.h>

bool work();

void serve(csp::recv_chan<int> in, csp::recv_chan<csp::unit> quit) {
  int sum = 0;
  for (;;) {
    bool stop = false;
    csp::select(csp::recv_case(in, [&](std::optional<int> v) { sum += *v; }),
                csp::recv_case(quit, [&](auto) { stop = true; }));
    if (stop) break;
  }
  for (;;) {
    if (csp::select(csp::recv_case(quit), csp::default_case()) == 0) break;
    csp::yield();
  }
  while (true) {
    if (csp::select(csp::recv_case(quit), csp::default_case([] { work(); })) == 0)
      break;
  }
}
