// The result is written when it may have been read.
#include <csp/csp.h>

int work();

int run() {
  int result = 0;
  csp::wait_group wg;
  wg.add(1);
  csp::go([&] {
    const int value = work();
    wg.done();
    result = value;  // want "this write comes after done\(\)"
  });
  wg.wait();
  return result;
}
