// Main closes when the sender has said that it is done.
#include <csp/csp.h>

int main() {
  auto c = csp::make_chan<int>(2);
  csp::wait_group wg;
  wg.go([c] { c << 1; });
  wg.wait();
  c.close();
  while (c.recv()) {
  }
}
