// Closed on the way out, whatever way it is.
#include <csp/csp.h>

bool ready();

void notify() {
  auto c = csp::make_chan<int>();
  csp::go([c] { c.recv(); });
  if (ready()) c << 1;
  c.close();
}
