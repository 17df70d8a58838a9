// A channel that was never made.
#include <csp/csp.h>

int main() {
  csp::chan<int> c;
  c.send(1);  // want "all goroutines are asleep.*waits for ever to send on a nil channel"
}
