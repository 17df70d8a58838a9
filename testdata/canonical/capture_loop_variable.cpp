// All goroutines read the one variable, while the loop counts it up.
#include <csp/csp.h>

void use(int value);

void start() {
  csp::wait_group all;
  for (int i = 0; i < 3; ++i) {
#ifndef FIXED
    all.go([&] { use(i); });  // want "loop variable 'i'"
#else
    all.go([i] { use(i); });
#endif
  }
  all.wait();
}
