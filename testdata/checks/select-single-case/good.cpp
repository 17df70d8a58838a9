// A plain receive; a case and a default.
#include <csp/csp.h>

bool wait(csp::chan<int> stop) {
  stop.recv();
  return csp::select(csp::recv_case(stop), csp::default_case()) == 0;
}
