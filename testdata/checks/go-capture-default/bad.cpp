// What is shared cannot be seen.
#include <csp/csp.h>

void use(int, int);

void run(int a, int b) {
  csp::go([=] { use(a, b); });  // want "the goroutine captures whatever it names; list it: \[a, b\]"
}
