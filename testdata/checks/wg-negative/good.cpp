#include <csp/csp.h>

int main() {
  csp::wait_group wg;
  wg.add(2);
  wg.done();
  wg.done();
  wg.wait();
}
