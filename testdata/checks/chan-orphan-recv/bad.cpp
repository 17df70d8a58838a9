// On one path nothing is ever sent.
#include <csp/csp.h>

bool ready();

void notify() {
  auto c = csp::make_chan<int>();
  csp::go([c] {
    c.recv();  // want "goroutine leak: goroutine 2 waits to receive from 'c'"
  });
  if (!ready()) return;
  c << 1;
}
