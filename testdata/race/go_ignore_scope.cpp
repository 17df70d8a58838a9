// Accesses in an ignore_scope are not checked; those of another goroutine that
// runs meanwhile are.
#include <csp/csp.h>

int value = 0;

int main() {
  csp::gomaxprocs(1);
  csp::go([] {
#ifndef RACY
    const csp::race::ignore_scope ignored;
#endif
    value = 1;
    csp::yield();
  });
  value = 2;
  csp::yield();
  return 0;
}
