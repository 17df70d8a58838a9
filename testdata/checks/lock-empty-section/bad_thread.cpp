#include <mutex>
#include <shared_mutex>

std::shared_mutex m;
int value;

int get() {
  m.lock_shared();  // want "this locks and unlocks at once"
  m.unlock_shared();
  return value;
}
