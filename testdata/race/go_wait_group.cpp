// A done is ordered before the wait that it releases.
#include <csp/csp.h>

int value = 0;

int main() {
  csp::wait_group all;
  all.add();
  csp::go([&] {
#ifndef RACY
    value = 1;
#endif
    all.done();
#ifdef RACY
    value = 1;
#endif
  });
  all.wait();
  return value < 0 ? 1 : 0;
}
