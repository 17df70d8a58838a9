// A device is deactivated twice; the path of the first error leaves the lock
// behind.
// deadlock: self deadlock
#include <csp/csp.h>

#include <vector>

class DeviceSet {
 public:
  explicit DeviceSet(int devices) : deleted_(devices) {}
  bool cleanup() {
    lock_.lock();  // knot: sync.Mutex.Lock
    if (deleted_ == 0) {
#if FIXED
      lock_.unlock();
#endif
      return false;
    }
    --deleted_;
    lock_.unlock();
    return true;
  }

 private:
  csp::mutex lock_;
  int deleted_ = 0;
};

int main() {
  DeviceSet devices(1);
  while (devices.cleanup()) {
  }
  devices.cleanup();
}
