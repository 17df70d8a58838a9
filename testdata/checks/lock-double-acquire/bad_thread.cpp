// A path that returns with the lock held.
#include <mutex>

std::mutex m;

bool step(bool early) {
  m.lock();  // want "deadlock: this locks 'm' again" "a way out of this function leaves 'm' locked"
  if (early) return false;
  m.unlock();
  return true;
}

int main() {
  step(true);
  step(false);
}
