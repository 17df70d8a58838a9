#include <csp/csp.h>

int pick(csp::chan<int> a, csp::recv_chan<int> b) {
  return csp::select(csp::recv_case(a), csp::recv_case(b),
                     csp::send_case(a, 1));
}
