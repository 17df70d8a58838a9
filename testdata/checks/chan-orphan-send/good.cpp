// The buffer takes the value that nobody waits for any more.
#include <csp/csp.h>

bool ready();

int first() {
  auto c = csp::make_chan<int>(1);
  csp::go([c] { c << 1; });
  if (!ready()) return -1;
  return *c.recv();
}
