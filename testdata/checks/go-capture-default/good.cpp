// What is shared is listed.
#include <csp/csp.h>

void use(int, int);

void run(int a, int b) {
  csp::go([a, b] { use(a, b); });
}
