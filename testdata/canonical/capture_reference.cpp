// The goroutine may run when the function, and its variable, are gone.
#include <csp/csp.h>

void use(int value);

void start() {
  int value = 0;
#ifndef FIXED
  csp::go([&value] { use(value); });  // want "reference to 'value'"
#else
  csp::go([value] { use(value); });
#endif
}
