// As many as are counted.
#include <csp/csp.h>

void work(int);

void run(int n) {
  csp::wait_group wg;
  wg.add(3);
  for (int i = 0; i < 3; ++i)
    csp::go([&wg, i] {
      work(i);
      wg.done();
    });
  wg.wait();
  csp::wait_group more;
  more.add(n);
  for (int i = 0; i < n; ++i)
    csp::go([&more, i] {
      work(i);
      more.done();
    });
  more.wait();
}
