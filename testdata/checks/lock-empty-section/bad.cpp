// The unlock was meant for the end.
#include <csp/csp.h>

csp::mutex mu;
int value;

void set(int v) {
  mu.lock();  // want "this locks and unlocks at once"
  mu.unlock();
  value = v;
}
