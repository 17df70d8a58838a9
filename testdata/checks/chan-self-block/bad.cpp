// The only goroutine sends to itself, one more than the buffer holds.
#include <csp/csp.h>

int sum(int a, int b) {
  auto c = csp::make_chan<int>(1);
  c << a;
  c << b;  // want "this call never returns: goroutine 1 waits to send on 'c', whose buffer of 1 is full"
  return *c.recv() + *c.recv();
}
