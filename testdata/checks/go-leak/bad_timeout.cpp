// The caller may give up first; then nobody takes the result.
#include <csp/csp.h>

#include <chrono>

int work();

int finish(std::chrono::milliseconds limit) {
  auto result = csp::make_chan<int>();
  csp::go([=] {
    result << 1;  // want "goroutine leak: goroutine 2 waits to send on 'result'"
  });
  int value = -1;
  csp::select(csp::recv_case(result, [&](std::optional<int> v) { value = *v; }),
              csp::recv_case(csp::after(limit)));
  return value;
}
