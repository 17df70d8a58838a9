// A channel that was never made cannot be closed.
#include <csp/csp.h>

int main() {
  csp::chan<int> numbers;
  numbers.close();  // lint: chan-nil-op
}
