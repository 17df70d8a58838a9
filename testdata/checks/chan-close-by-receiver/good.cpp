// Who sends closes.
#include <csp/csp.h>

void run() {
  auto c = csp::make_chan<int>(4);
  csp::go([c] {
    for (int v : c) (void)v;
  });
  c << 1;
  c.close();
}
