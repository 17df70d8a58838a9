// One deadline for the whole loop.
#include <csp/csp.h>

void use(int);

void serve(csp::chan<int> in) {
  auto deadline = csp::after(std::chrono::seconds(5));
  for (;;) {
    const int chosen = csp::select(
        csp::recv_case(in, [](std::optional<int> v) { use(*v); }),
        csp::recv_case(deadline));
    if (chosen == 1) return;
  }
}
