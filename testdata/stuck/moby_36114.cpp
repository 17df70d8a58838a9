// A machine is started under its lock, and hot-adding a disk takes it again.
// deadlock: self deadlock
#include <csp/csp.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

class ServiceMachine {
 public:
  void start(const std::vector<std::string>& disks) {
    const std::scoped_lock held(mu_);
    for (const std::string& disk : disks) {
#if FIXED
      add_locked(disk);
#else
      hot_add(disk);
#endif
    }
  }
  void hot_add(const std::string& disk) {
    const std::scoped_lock held(mu_);  // knot: sync.Mutex.Lock
    add_locked(disk);
  }

 private:
  void add_locked(const std::string& disk) { ++attached_[disk]; }
  csp::mutex mu_;
  std::map<std::string, int> attached_;
};

int main() {
  auto machine = std::make_shared<ServiceMachine>();
  csp::wait_group wg;
  wg.go([=] {
    csp::set_goroutine_name("starter");
    machine->start({"a.vhd", "b.vhd"});
  });
  wg.wait();  // stuck: sync.WaitGroup.Wait
}
