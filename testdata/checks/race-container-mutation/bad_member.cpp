// One member function locks, the other does not; the member is named.
#include <csp/csp.h>

#include <map>
#include <mutex>
#include <string>

class Registry {
 public:
  void add(const std::string& name, int value) {
    std::lock_guard<csp::mutex> guard(mu_);
    items_[name] = value;  // want "'registry.items_'"
  }
  bool has(const std::string& name) const {
    return items_.count(name) > 0;
  }

 private:
  csp::mutex mu_;
  std::map<std::string, int> items_;
};

int main() {
  Registry registry;
  csp::wait_group all;
  all.go([&] { registry.add("a", 1); });
  all.go([&] { (void)registry.has("a"); });
  all.wait();
}
