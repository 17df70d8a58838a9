// The range waits for a third value, or a close.
#include <csp/csp.h>

void use(int value);

void read() {
  auto values = csp::make_chan<int>();
  csp::go([values] {
    values << 1;
    values << 2;
#ifdef FIXED
    values.close();
#endif
  });
  for (int value : values) use(value);  // want "this range never ends"
}
