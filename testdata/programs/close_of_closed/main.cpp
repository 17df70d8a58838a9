// A second close panics, in whichever goroutine it happens.
#include <csp/csp.h>

int main() {
  auto numbers = csp::make_chan<int>();
  numbers.close();
  csp::go([numbers] { numbers.close(); });  // lint: chan-double-close
  for (;;) csp::yield();
}
