#include <mutex>

std::mutex m;
int value;

void set(int v) {
  std::scoped_lock guard{m};
  value = v;
}
