// The early return keeps the lock of the set.
#include <csp/csp.h>

#include <map>
#include <mutex>

struct DeviceSet {
  csp::mutex mu;
  int deleted = 0;
  void clean_up() {
    mu.lock();  // want "chansan-lock-missing-unlock"
    if (deleted == 0) {
#ifdef FIXED
      mu.unlock();
#endif
      return;
    }
    deleted = 0;
    mu.unlock();
  }
};

int main() {
  DeviceSet set;
  csp::wait_group wg;
  for (int i = 0; i < 2; ++i) wg.go([&] { set.clean_up(); });
  wg.wait();  // want "chansan-go-all-asleep"
}
