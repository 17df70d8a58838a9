// The sender does not know that main has closed.
#include <csp/csp.h>

int main() {
  auto c = csp::make_chan<int>(2);
  csp::go([c] {
    c << 1;  // want "this send may find 'c' closed"
  });
  c.close();
  while (c.recv()) {
  }
  csp::yield();
}
