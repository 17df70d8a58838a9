// One takes the set's lock and then the device's, another the device's and
// then the set's.
// leak: lock cycle
#include <csp/csp.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>

struct DeviceInfo {
  csp::mutex lock;
  int mounts = 0;
};

struct DeviceSet {
  csp::mutex lock;
  std::map<std::string, std::shared_ptr<DeviceInfo>> devices;

  std::shared_ptr<DeviceInfo> look_up(const std::string& name) {
    std::lock_guard held(lock);  // knot: sync.Mutex.Lock
    return devices.at(name);
  }
};

void remove_device(DeviceSet& set, const std::string& name,
                   const csp::chan<csp::unit>& here) {
#if FIXED
  auto info = set.look_up(name);
  here.close();
  std::lock_guard held(info->lock);
  info->mounts = 0;
#else
  std::lock_guard held(set.lock);
  here << csp::unit{};
  std::lock_guard inner(set.devices.at(name)->lock);  // knot: sync.Mutex.Lock
#endif
}

void unmount(DeviceSet& set, const std::string& name,
             const csp::chan<csp::unit>& here) {
#if FIXED
  here.recv();
  set.look_up(name);
#else
  std::lock_guard held(set.devices.at(name)->lock);
  here.recv();
  set.look_up(name);
#endif
}

int main() {
  auto set = std::make_shared<DeviceSet>();
  set->devices["sda"] = std::make_shared<DeviceInfo>();
  auto here = csp::make_chan<csp::unit>();
  csp::go([=] { remove_device(*set, "sda", here); });
  csp::go([=] { unmount(*set, "sda", here); });
  set.reset();
  for (int i = 0; i < 100; ++i) csp::yield();
}
