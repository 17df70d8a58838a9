// Who wants the lock waits for the receiver too.
#include <csp/csp.h>

#include <mutex>

csp::mutex mu;
int level = 0;

void raise(csp::chan<int> out) {
  std::lock_guard lock(mu);
  out << ++level;  // want "this may wait for long with 'mu' held"
}
