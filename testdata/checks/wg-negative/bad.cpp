// Two are done, one was counted.
#include <csp/csp.h>

int main() {
  csp::wait_group wg;
  wg.add(1);
  wg.done();
  wg.done();  // want "this makes the counter of 'wg' negative"
  wg.wait();
}
