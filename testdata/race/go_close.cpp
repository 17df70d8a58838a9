// A close is ordered before the receives that return because of it.
#include <csp/csp.h>

int value = 0;

int main() {
  auto channel = csp::make_chan<int>();
  csp::go([=] {
#ifndef RACY
    value = 1;
#endif
    channel.close();
#ifdef RACY
    value = 1;
#endif
  });
  while (channel.recv()) {
  }
  return value < 0 ? 1 : 0;
}
