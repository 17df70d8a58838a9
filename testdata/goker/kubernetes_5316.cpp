// The handler's answer comes after the timeout.
#include <csp/csp.h>

#include <functional>

int finish(std::function<int()> f) {
#ifdef FIXED
  auto result = csp::make_chan<int>(1);
  auto error = csp::make_chan<int>(1);
#else
  auto result = csp::make_chan<int>();
  auto error = csp::make_chan<int>();
#endif
  csp::go([=] {
    const int got = f();
    if (got < 0)
      error << got;
    else
      result << got;  // want "chansan-chan-orphan-send"
  });
  int value = 0;
  csp::select(csp::recv_case(result, [&](std::optional<int> v) { value = *v; }),
              csp::recv_case(error),
              csp::recv_case(csp::after(std::chrono::seconds(1))));
  return value;
}

int main() {
  return finish([] { return 1; });
}
