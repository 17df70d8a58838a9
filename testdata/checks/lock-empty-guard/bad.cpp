// A guard of nothing.
#include <csp/csp.h>

#include <mutex>

csp::mutex mu;
int level = 0;

void raise() {
  std::scoped_lock guard;  // want "the guard 'guard' has no lock"
  ++level;
}
