// Closed on every way out.
#include <csp/csp.h>

bool next(int& value);
bool valid(int value);

int sum() {
  auto c = csp::make_chan<int>();
  csp::go([c] {
    int value = 0;
    while (next(value)) {
      if (!valid(value)) break;
      c << value;
    }
    c.close();
  });
  int total = 0;
  for (int value : c) total += value;
  return total;
}
