// The buffer has room for what is sent before it is received.
#include <csp/csp.h>

int sum(int a, int b) {
  auto c = csp::make_chan<int>(2);
  c << a;
  c << b;
  return *c.recv() + *c.recv();
}
