// A check that should poll a channel receives from it, and nobody closes it.
// deadlock: no sender left
#include <csp/csp.h>

int main() {
  auto quiesce = csp::make_chan<csp::unit>();
#if FIXED
  csp::select(csp::recv_case(quiesce), csp::default_case());
#else
  quiesce.recv();  // knot: chan receive
#endif
}
