#include <mutex>

std::mutex m;
std::mutex n;
int value;

void set(int v) {
  std::scoped_lock{m, n};  // want "this guard has no name"
  value = v;
}
