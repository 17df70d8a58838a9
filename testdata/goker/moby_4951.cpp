// Removing locks the set of devices, then the device; resizing the other way.
#include <csp/csp.h>

#include <map>
#include <memory>
#include <mutex>

struct Device {
  csp::mutex lock;
};

struct DeviceSet {
  csp::mutex lock;
  std::map<int, std::shared_ptr<Device>> devices;
  std::shared_ptr<Device> lookup(int id) {
    std::lock_guard guard(lock);
    return devices[id];
  }
  void remove(int id) {
#ifdef FIXED
    auto device = lookup(id);
    std::lock_guard inner(device->lock);
    std::lock_guard guard(lock);
#else
    std::lock_guard guard(lock);
    auto device = devices[id];
    std::lock_guard inner(device->lock);
#endif
  }
  void deactivate(int id) {
    auto device = lookup(id);
    std::lock_guard inner(device->lock);
    std::lock_guard guard(lock);  // want "chansan-lock-order-cycle"
  }
};

int main() {
  DeviceSet set;
  set.devices[7] = std::make_shared<Device>();
  csp::wait_group wg;
  wg.go([&] { set.remove(7); });
  wg.go([&] { set.deactivate(7); });
  wg.wait();  // want "chansan-go-all-asleep"
}
