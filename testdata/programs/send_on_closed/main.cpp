// A send on a closed channel panics.
#include <csp/csp.h>

int main() {
  auto numbers = csp::make_chan<int>(1);
  numbers.close();
  numbers << 1;  // lint: chan-send-after-close
}
