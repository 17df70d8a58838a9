// One way out of the goroutine does not count it as done.
#include <csp/csp.h>

bool ready();
void work();

void run() {
  csp::wait_group all;
#ifndef FIXED
  all.add(1);
  csp::go([&] {
    if (!ready()) return;  // want "without 'all''s done"
    work();
    all.done();
  });
#else
  all.go([&] {
    if (!ready()) return;
    work();
  });
#endif
  all.wait();  // want "waits for 'all', whose counter is 1"
}
