// Each of two goroutines sends to the other and receives only afterwards.
// deadlock: channel cycle
#include <csp/csp.h>

int main() {
  auto events = csp::make_chan<int>();
#if FIXED
  auto callbacks = csp::make_chan<int>(1);
#else
  auto callbacks = csp::make_chan<int>();
#endif
  csp::go([=] {
    events.recv();
    callbacks << 1;  // knot: chan send
    events.recv();
  });
  events << 1;
  events << 2;  // knot: chan send
  callbacks.recv();
}
