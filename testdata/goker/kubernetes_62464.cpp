// The static policy reads the state with the read lock and calls a getter that
// read-locks again; a writer may queue in between.
#include <csp/csp.h>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>
struct Reader {
  virtual ~Reader() = default;
  virtual int cpuset_or_default(int id) = 0;
  virtual int cpuset(int id, bool& ok) = 0;
  virtual void set_cpuset(int id, int set) = 0;
};
class StateMemory : public Reader {
 public:
  int cpuset(int id, bool& ok) override {
    std::shared_lock<csp::shared_mutex> guard(mu_);  // want "chansan-lock-recursive-rlock"
    auto it = assignments_.find(id);
    ok = it != assignments_.end();
    return ok ? it->second : 0;
  }
  int cpuset_or_default(int id) override {
#ifndef FIXED
    std::shared_lock<csp::shared_mutex> guard(mu_);
#endif
    bool ok = false;
    int res = cpuset(id, ok);
    return ok ? res : default_;
  }
  void set_cpuset(int id, int set) override {
    std::unique_lock<csp::shared_mutex> guard(mu_);
    assignments_[id] = set;
  }

 private:
  csp::shared_mutex mu_;
  std::unordered_map<int, int> assignments_;
  int default_ = 1;
};
class Manager {
 public:
  Manager() : state_(new StateMemory) {}
  void reconcile() { state_->cpuset_or_default(1); }
  void start() {
    csp::go([this] {
      reconcile();
      done_.close();
    });
  }
  void remove() { state_->set_cpuset(1, 2); }
  void wait() { done_.recv(); }

 private:
  std::unique_ptr<Reader> state_;
  csp::chan<csp::unit> done_ = csp::make_chan<csp::unit>();
};
int main() {
  Manager m;
  m.start();
  m.remove();
  m.wait();
}
