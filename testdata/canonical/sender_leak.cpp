// After an early return nobody receives what is computed.
#include <csp/csp.h>

int compute();
bool cancelled();

#ifndef FIXED
constexpr int kRoom = 0;
#else
constexpr int kRoom = 1;
#endif

int result() {
  auto computed = csp::make_chan<int>(kRoom);
  csp::go([computed] {
    computed << compute();  // want "goroutine leak"
  });
  if (cancelled()) return -1;
  return *computed.recv();
}
