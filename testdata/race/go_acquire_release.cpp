// A synchronization of the program's own, told by annotations.
#include <csp/csp.h>

int value = 0;
char handover;

int main() {
  csp::gomaxprocs(1);
  csp::go([] {
    value = 1;
#ifndef RACY
    csp::race::release(&handover);
#endif
  });
  csp::yield();
  csp::race::acquire(&handover);
  return value == 1 && csp::race::enabled ? 0 : 1;
}
