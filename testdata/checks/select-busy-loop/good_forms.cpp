// Takes what there is and leaves; tries a number of times.
#include <csp/csp.h>

int drain(csp::recv_chan<int> in) {
  int count = 0;
  for (;;) {
    if (csp::select(csp::recv_case(in), csp::default_case()) == -1) break;
    ++count;
  }
  while (true) {
    switch (csp::select(csp::recv_case(in), csp::default_case())) {
      case 0:
        ++count;
        break;
      default:
        return count;
    }
  }
}

void offer(csp::send_chan<int> out) {
  int turns = 0;
  while (turns < 3) {
    csp::select(csp::send_case(out, turns), csp::default_case());
    ++turns;
  }
}
