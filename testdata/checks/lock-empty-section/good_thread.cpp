#include <shared_mutex>

std::shared_mutex m;
int value;

int get() {
  m.lock_shared();
  const int seen = value;
  m.unlock_shared();
  return seen;
}
