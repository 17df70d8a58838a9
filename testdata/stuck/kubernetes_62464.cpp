// The state's read lock is taken again on the way to the default; a container
// is removed in between.
// deadlock: lock cycle
#include <csp/csp.h>

#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>

class StateMemory {
 public:
  int cpus_or_default(const std::string& container) {
    std::shared_lock held(mu_);
    reading_.close();
    if (auto found = assigned_.find(container); found != assigned_.end()) {
      return found->second;
    }
#if FIXED
    return default_;
#else
    while (mu_.try_lock_shared()) {
      mu_.unlock_shared();
      csp::yield();
    }
    return default_cpus();
#endif
  }
  int default_cpus() {
    std::shared_lock held(mu_);  // knot: sync.RWMutex.RLock
    return default_;
  }
  void remove(const std::string& container) {
    reading_.recv();
    std::lock_guard held(mu_);  // knot: sync.RWMutex.Lock
    assigned_.erase(container);
  }

 private:
  csp::shared_mutex mu_;
  csp::chan<csp::unit> reading_ = csp::make_chan<csp::unit>();
  std::map<std::string, int> assigned_;
  int default_ = 3;
};

struct StaticPolicy {
  std::shared_ptr<StateMemory> state = std::make_shared<StateMemory>();
};

int main() {
  StaticPolicy policy;
  csp::wait_group wg;
  wg.go([state = policy.state] { state->cpus_or_default("none"); });
  wg.go([state = policy.state] { state->remove("none"); });
  wg.wait();  // stuck: sync.WaitGroup.Wait
}
