// Four are counted, three are started.
#include <csp/csp.h>

void work(int);

void run() {
  csp::wait_group wg;
  wg.add(4);  // want "add\(4\) for 3 goroutines that call done\(\): the wait never ends"
  for (int i = 0; i < 3; ++i)
    csp::go([&wg, i] {
      work(i);
      wg.done();
    });
  wg.wait();
}
