// In a function of which no program is in sight.
#include <csp/csp.h>

void send() {
  csp::chan<int> out;
  out << 1;  // want "waits for ever"
}
