// On every path; or left to go().
#include <csp/csp.h>

bool ready();
void work();

void run() {
  csp::wait_group wg;
  wg.add(1);
  csp::go([&wg] {
    if (!ready()) {
      wg.done();
      return;
    }
    work();
    wg.done();
  });
  wg.go([] {
    if (ready()) work();
  });
  wg.wait();
}
