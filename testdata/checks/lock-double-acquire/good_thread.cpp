#include <mutex>

std::mutex m;
std::recursive_mutex r;

bool step(bool early) {
  m.lock();
  if (early) {
    m.unlock();
    return false;
  }
  m.unlock();
  return true;
}

int main() {
  step(true);
  step(false);
  std::lock_guard outer(r);
  std::lock_guard inner(r);
}
