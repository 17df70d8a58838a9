// A function sends an error on the channel that it is about to return.
// deadlock: no receiver left
#include <csp/csp.h>

csp::recv_chan<int> wait_container() {
#if FIXED
  auto error = csp::make_chan<int>(1);
#else
  auto error = csp::make_chan<int>();
#endif
  error << 1;  // knot: chan send
  return error;
}

int main() { wait_container().recv(); }
