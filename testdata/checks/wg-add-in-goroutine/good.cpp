// Counted before it is started; a grandchild may be counted inside.
#include <csp/csp.h>

int main() {
  csp::wait_group wg;
  wg.add(1);
  csp::go([&] {
    csp::yield();
    wg.add(1);
    csp::go([&] { wg.done(); });
    wg.done();
  });
  wg.wait();
}
