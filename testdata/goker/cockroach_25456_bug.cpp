// A check that should look at the quiesce channel waits for it.
#include <csp/csp.h>

struct Stopper {
  csp::chan<csp::unit> quiesce = csp::make_chan<csp::unit>();
};

void check_consistency(const Stopper& stopper) {
  stopper.quiesce.recv();  // want "all goroutines are asleep.*'quiesce'"
}

int main() {
  Stopper stopper;
  check_consistency(stopper);
}
