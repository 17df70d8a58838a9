// Locked twice, unlocked between.
#include <csp/csp.h>

csp::mutex mu;
int level = 0;

void raise() {
  mu.lock();
  ++level;
  mu.unlock();
  mu.lock();
  ++level;
  mu.unlock();
}
