// A container that one member reads without the lock of the others.
#include <map>
#include <mutex>
#include <string>

class Names {
 public:
  void put(int id, std::string name) {
    std::lock_guard lock(mu_);
    names_[id] = std::move(name);
  }
  void drop(int id) {
    std::lock_guard lock(mu_);
    names_.erase(id);
  }
  bool has(int id) const {
    std::lock_guard lock(mu_);
    return names_.contains(id);
  }
  void clear() {
    std::lock_guard lock(mu_);
    names_.clear();
  }
  std::size_t size() const {
    return names_.size();  // want "'names_' is read without 'mu_'"
  }

 private:
  mutable std::mutex mu_;
  std::map<int, std::string> names_;
};
