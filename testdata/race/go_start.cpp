// What stands before the go statement is ordered before the goroutine.
#include <csp/csp.h>

int value = 0;

int main() {
  auto done = csp::make_chan<csp::unit>();
#ifndef RACY
  value = 1;
#endif
  csp::go([=] {
    value += 1;
    done.send({});
  });
#ifdef RACY
  value = 1;
#endif
  done.recv();
  return 0;
}
