// Any message puts the timeout off.
#include <csp/csp.h>

void use(int);

void serve(csp::chan<int> in) {
  for (;;) {
    const int chosen = csp::select(
        csp::recv_case(in, [](std::optional<int> v) { use(*v); }),
        csp::recv_case(csp::after(std::chrono::seconds(5))));  // want "a new timer for each turn of the loop"
    if (chosen == 1) return;
  }
}
