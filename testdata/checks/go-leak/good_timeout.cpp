// With room for the result nobody has to take it.
#include <csp/csp.h>

#include <chrono>

int work();

int finish(std::chrono::milliseconds limit) {
  auto result = csp::make_chan<int>(1);
  csp::go([=] {
    result << 1;
  });
  int value = -1;
  csp::select(csp::recv_case(result, [&](std::optional<int> v) { value = *v; }),
              csp::recv_case(csp::after(limit)));
  return value;
}
