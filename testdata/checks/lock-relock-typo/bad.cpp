// The second lock was to be an unlock.
#include <csp/csp.h>

csp::mutex mu;
int level = 0;

void raise() {
  mu.lock();
  ++level;
  mu.lock();  // want "'mu' is locked a second time where an unlock is due"
}
