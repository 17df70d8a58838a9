// A channel that was never made.
// deadlock: nil channel
#include <csp/csp.h>

int main() {
  csp::chan<int> never;
#if !FIXED
  never.recv();  // knot: chan receive (nil chan)
#endif
}
