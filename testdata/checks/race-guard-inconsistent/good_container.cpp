// Always with the lock; or filled once, in the constructor.
#include <csp/csp.h>

#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

class Names {
 public:
  explicit Names(std::vector<int> order) { order_ = std::move(order); }
  void put(int id, std::string name) {
    std::lock_guard lock(mu_);
    names_[id] = std::move(name);
    shrink();
  }
  bool has(int id) const {
    std::lock_guard lock(mu_);
    return names_.contains(id);
  }
  std::size_t size() const {
    std::lock_guard lock(mu_);
    return names_.size() + order_.size();
  }
  int first() const { return order_.front(); }

 private:
  void shrink() {
    if (names_.size() > 9) names_.clear();
  }

  mutable csp::mutex mu_;
  std::map<int, std::string> names_;
  std::vector<int> order_;
};

// Unlocked for the work and locked again.
class Once {
 public:
  void run(int id) {
    std::unique_lock lock(mu_);
    if (auto found = running_.find(id); found != running_.end()) return;
    running_[id] = true;
    lock.unlock();
    std::this_thread::yield();
    lock.lock();
    running_.erase(id);
  }

 private:
  std::mutex mu_;
  std::map<int, bool> running_;
};
