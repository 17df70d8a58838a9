// The early return forgets the count.
#include <csp/csp.h>

bool ready();
void work();

void run() {
  csp::wait_group wg;
  wg.add(1);
  csp::go([&wg] {
    if (!ready()) return;  // want "the goroutine may end here without 'wg''s done\(\)"
    work();
    wg.done();
  });
  wg.wait();
}
