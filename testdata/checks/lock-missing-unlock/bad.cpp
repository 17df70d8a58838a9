// The early return keeps the lock.
#include <csp/csp.h>

csp::mutex mu;
int level = 0;

bool raise(int by) {
  mu.lock();  // want "a way out of this function leaves 'mu' locked"
  if (by < 0) return false;
  level += by;
  mu.unlock();
  return true;
}
