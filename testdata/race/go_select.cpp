// Only the case that ran orders anything.
#include <csp/csp.h>

int value = 0;

int main() {
  auto one = csp::make_chan<int>(1);
  auto two = csp::make_chan<int>(1);
  csp::go([=] {
    value = 1;
    one.send(1);
  });
  csp::go([=] { two.send(2); });
#ifdef RACY
  csp::select(csp::recv_case(two));
#else
  csp::select(csp::recv_case(one));
#endif
  return value < 0 ? 1 : 0;
}
