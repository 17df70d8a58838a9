// The send finds the channel closed.
#include <csp/csp.h>

void finish() {
  auto last = csp::make_chan<int>(1);
#ifndef FIXED
  last.close();
  last.send(1);  // want "may find 'last' closed"
#else
  last.send(1);
  last.close();
#endif
}
