// The caller's context ends here.
#include <csp/csp.h>

void fetch(csp::context);

void handle(csp::context ctx) {
  fetch(csp::context::background());  // want "this function is given a context and uses background"
}
