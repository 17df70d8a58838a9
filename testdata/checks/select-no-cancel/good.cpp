// One case stops it.
#include <csp/csp.h>

void use(int);

void serve(csp::chan<int> a, csp::chan<csp::unit> stop) {
  csp::go([=] {
    for (;;)
      if (csp::select(csp::recv_case(a, [](std::optional<int> v) { use(*v); }),
                      csp::recv_case(stop)) == 1)
        return;
  });
}
