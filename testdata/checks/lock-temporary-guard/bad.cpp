// Unlocked again before the assignment.
#include <csp/csp.h>

#include <mutex>

csp::mutex mu;
int value;

void set(int v) {
  std::lock_guard<csp::mutex>{mu};  // want "this guard has no name"
  value = v;
}
