// The variable is gone before the goroutine runs.
#include <csp/csp.h>

void use(int);

void run(int n) {
  int x = n + 1;
  csp::go([&x] { use(x); });  // want "the goroutine keeps a reference to 'x'"
}

void parameter(int n) {
  csp::go([&] { use(n); });  // want "the goroutine keeps a reference to 'n'"
}
