// One case: nothing is selected.
#include <csp/csp.h>

void wait(csp::chan<int> stop) {
  csp::select(csp::recv_case(stop));  // want "a select of one case is a plain receive"
}
