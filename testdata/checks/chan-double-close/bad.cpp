// Both ends close.
#include <csp/csp.h>

int main() {
  auto c = csp::make_chan<int>();
  csp::go([c] {
    c << 1;
    c.close();
  });
  c.recv();
  c.recv();
  c.close();  // want "this closes 'c' a second time"
}
