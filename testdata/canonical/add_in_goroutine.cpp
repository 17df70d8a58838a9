// The wait may be over before the goroutines have counted themselves.
#include <csp/csp.h>

void work();

void run() {
  csp::wait_group all;
  for (int i = 0; i < 3; ++i) {
#ifdef FIXED
    all.add(1);
#endif
    csp::go([&] {
#ifndef FIXED
      all.add(1);  // want "add\(\) as a goroutine's first act" "races with the wait"
#endif
      work();
      all.done();
    });
  }
  all.wait();
}
