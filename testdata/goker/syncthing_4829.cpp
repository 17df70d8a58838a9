// notify() is called with the mapping's lock held and address() locks again.
#include <csp/csp.h>
#include <functional>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <vector>
struct Address {
  int ip, port;
};
class Mapping {
 public:
  void clear_addresses() {
    mut_.lock();
    Address removed{1, 2};
#ifdef FIXED
    ext_.clear();
    mut_.unlock();
    notify(removed);
#else
    if (!ext_.empty()) {
      ext_.clear();
      notify(removed);
    }
    mut_.unlock();
#endif
  }
  void add(Address a) {
    std::lock_guard g(mut_);
    ext_.push_back(a);
  }
  void on_changed(std::function<void(Address)> f) {
    subscribers_.push_back(std::move(f));
  }

 private:
  void notify(Address a) {
    mut_.lock_shared();  // want "chansan-lock-double-acquire"
    for (auto& f : subscribers_) f(a);
    mut_.unlock_shared();
  }
  csp::shared_mutex mut_;
  std::vector<Address> ext_;
  std::vector<std::function<void(Address)>> subscribers_;
};
class Service {
 public:
  Mapping& new_mapping() {
    mappings_.push_back(std::make_unique<Mapping>());
    return *mappings_.back();
  }
  void remove_all() {
    for (auto& m : mappings_) m->clear_addresses();
  }

 private:
  std::vector<std::unique_ptr<Mapping>> mappings_;
};
int main() {
  Service nat;
  Mapping& m = nat.new_mapping();
  m.on_changed([](Address) {});
  m.add({3, 4});
  nat.remove_all();
}
