// The second was meant to be another channel.
#include <csp/csp.h>

int pick(csp::recv_chan<int> a, csp::recv_chan<int> b) {
  (void)b;
  return csp::select(csp::recv_case(a),
                     csp::recv_case(a));  // want "a second case of this select receives from 'a'"
}
