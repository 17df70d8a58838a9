// A mapping's addresses are cleared under its lock, and who is told of it asks
// for them.
// deadlock: self deadlock
#include <csp/csp.h>

#include <functional>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <vector>

class Mapping {
 public:
  void subscribe(std::function<void(Mapping&)> told) {
    told_.push_back(std::move(told));
  }
  void clear_addresses() {
    std::unique_lock held(mu_);
    external_.clear();
#if FIXED
    held.unlock();
#endif
    for (const auto& each : told_) each(*this);
  }
  std::vector<std::string> external() {
    std::shared_lock held(mu_);  // knot: sync.RWMutex.RLock
    std::vector<std::string> all;
    for (const auto& [address, port] : external_) all.push_back(address);
    return all;
  }

 private:
  csp::shared_mutex mu_;
  std::map<std::string, int> external_{{"192.0.2.1", 80}};
  std::vector<std::function<void(Mapping&)>> told_;
};

int main() {
  Mapping mapping;
  mapping.subscribe([](Mapping& changed) { changed.external(); });
  mapping.clear_addresses();
}
