// At most eight at a time.
#include <csp/csp.h>

int next();
void handle(int);

void serve() {
  auto slots = csp::make_chan<csp::unit>(8);
  for (;;) {
    const int request = next();
    slots << csp::unit{};
    csp::go([request, slots] {
      handle(request);
      slots.recv();
    });
  }
}
