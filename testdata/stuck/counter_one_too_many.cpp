// Two are counted and one is done.
// deadlock: wait group never zero
#include <csp/csp.h>

int main() {
  csp::wait_group wg;
#if FIXED
  wg.add(1);
#else
  wg.add(2);
#endif
  csp::go([&] { wg.done(); });
  wg.wait();  // knot: sync.WaitGroup.Wait
}
