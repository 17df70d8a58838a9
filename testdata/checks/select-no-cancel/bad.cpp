// The loop has no end.
#include <csp/csp.h>

void use(int);

void serve(csp::chan<int> a, csp::chan<int> b) {
  csp::go([=] {
    for (;;)
      csp::select(csp::recv_case(a, [](std::optional<int> v) { use(*v); }),  // want "no case of this select ends"
                  csp::recv_case(b, [](std::optional<int> v) { use(*v); }));
  });
}
