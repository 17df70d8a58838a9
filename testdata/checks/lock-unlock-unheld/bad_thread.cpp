#include <mutex>

int main() {
  std::mutex m;
  m.unlock();  // want "this unlocks 'm', which is not locked"
}
