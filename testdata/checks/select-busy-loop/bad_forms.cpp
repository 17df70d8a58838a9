// The loop goes on until a flag is set, tests at its end, or counts its turns.
#include <csp/csp.h>

void flag(csp::recv_chan<int> in) {
  bool done = false;
  while (!done)
    csp::select(csp::recv_case(in, [&](auto) { done = true; }),
                csp::default_case());  // want "makes the loop spin"
}

void last(csp::recv_chan<int> in) {
  do {
    if (csp::select(csp::recv_case(in),
                    csp::default_case()) == 0)  // want "makes the loop spin"
      return;
  } while (true);
}

void counts(csp::recv_chan<int> in) {
  int turns = 0;
  for (;;)
    csp::select(csp::recv_case(in),
                csp::default_case([&] { ++turns; }));  // want "loop spin"
}
