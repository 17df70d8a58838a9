// The error handler cancels and then sends the error, which nobody reads any
// more.
// leak: no receiver left
#include <csp/csp.h>

int main() {
  auto [context, cancel] = csp::with_cancel(csp::context::background());
  auto results = csp::make_chan<int>();
  csp::go([context, cancel, results] {
    cancel();
#if FIXED
    csp::select(csp::send_case(results, 1), csp::recv_case(context.done()));
#else
    results << 1;  // knot: chan send
#endif
  });
  context.done().recv();
}
