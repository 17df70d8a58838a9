#include <csp/csp.h>

csp::mutex mu;
int value;

void set(int v) {
  mu.lock();
  value = v;
  mu.unlock();
}
