// An early return leaves the sender alone.
#include <csp/csp.h>

bool ready();

int first() {
  auto c = csp::make_chan<int>();
  csp::go([c] {
    c << 1;  // want "goroutine leak: goroutine 2 waits to send on 'c'.*capacity 1"
  });
  if (!ready()) return -1;
  return *c.recv();
}
