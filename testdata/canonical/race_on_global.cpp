// Goroutine and starter count the same global.
#include <csp/csp.h>

int counter;

void count() {
#ifndef FIXED
  csp::go([] { ++counter; });  // want "data race on 'counter'"
  ++counter;
#else
  csp::wait_group counted;
  counted.go([] { ++counter; });
  counted.wait();
  ++counter;
#endif
}
