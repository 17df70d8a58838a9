// The guard has unlocked already.
#include <csp/csp.h>

csp::mutex mu;
int value;

void set(int v) {
  mu.lock();
  value = v;
  mu.unlock();
  mu.unlock();  // want "this unlocks 'mu', which is not locked"
}

int main() { set(1); }
