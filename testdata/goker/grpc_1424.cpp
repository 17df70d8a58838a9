// The first error ends the dial; the goroutine that waits for the address is
// forgotten.
#include <csp/csp.h>

bool fails();

void dial() {
  auto ready = csp::make_chan<csp::unit>();
  auto done = csp::make_chan<csp::unit>();
  csp::go([=] {
    ready.recv();  // want "chansan-chan-orphan-recv"
    done.close();
  });
  if (fails()) {
#ifdef FIXED
    ready.close();
    done.recv();
#endif
    return;
  }
  ready.close();
  done.recv();
}

int main() { dial(); }
