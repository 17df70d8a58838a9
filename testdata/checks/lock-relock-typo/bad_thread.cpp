// The same with the standard library's.
#include <mutex>

std::mutex mu;
int level = 0;

void raise() {
  mu.lock();
  ++level;
  mu.lock();  // want "'mu' is locked a second time where an unlock is due"
}
