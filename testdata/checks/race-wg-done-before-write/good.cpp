// Written, then done.
#include <csp/csp.h>

int work();

int run() {
  int result = 0;
  csp::wait_group wg;
  wg.add(1);
  csp::go([&] {
    result = work();
    wg.done();
  });
  wg.wait();
  return result;
}
