// The receiver stops the sender by a close: its next send throws.
#include <csp/csp.h>

void run() {
  auto c = csp::make_chan<int>(4);
  csp::go([c] {
    c.recv();
    c.close();  // want "the receiver closes 'c'"
  });
  c << 1;
  c << 2;
}
