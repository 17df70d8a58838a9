// A buffered channel orders a send before its receive.
#include <csp/csp.h>

int value = 0;

int main() {
  auto channel = csp::make_chan<int>(4);
  csp::go([=] {
#ifndef RACY
    value = 1;
#endif
    channel.send(0);
#ifdef RACY
    value = 1;
#endif
  });
  channel.recv();
  return value < 0 ? 1 : 0;
}
