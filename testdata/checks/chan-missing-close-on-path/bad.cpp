// The early return forgets the close.
#include <csp/csp.h>

bool ready();

int sum() {
  auto c = csp::make_chan<int>();
  csp::go([c] {
    if (!ready()) return;
    c << 1;
    c.close();
  });
  int total = 0;
  for (int value : c) total += value;  // want "this range may never end: a path exists on which nothing closes 'c'"
  return total;
}
