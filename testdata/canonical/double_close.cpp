// Closed by the one who sends and by the one who cleans up.
#include <csp/csp.h>

void finish() {
  auto done = csp::make_chan<int>();
  done.close();
#ifndef FIXED
  done.close();  // want "closes 'done' a second time"
#endif
}
