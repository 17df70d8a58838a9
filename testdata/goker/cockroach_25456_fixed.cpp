// The check only looks.
#include <csp/csp.h>

struct Stopper {
  csp::chan<csp::unit> quiesce = csp::make_chan<csp::unit>();
};

void check_consistency(const Stopper& stopper) {
  csp::select(csp::recv_case(stopper.quiesce), csp::default_case());
}

int main() {
  Stopper stopper;
  check_consistency(stopper);
}
