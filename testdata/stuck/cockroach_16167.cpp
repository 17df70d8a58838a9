// A statement is prepared under the read lock, and asks for the read lock; the
// gossip's update comes in between.
// deadlock: lock cycle
#include <csp/csp.h>

#include <mutex>
#include <shared_mutex>

class Executor {
 public:
  int database_cache() {
    std::shared_lock held(config_mu_);  // knot: sync.RWMutex.RLock
    return config_;
  }
  void update(int config, const csp::chan<csp::unit>& begin) {
    begin.recv();
    std::lock_guard held(config_mu_);  // knot: sync.RWMutex.Lock
    config_ = config;
  }
  void execute(const csp::chan<csp::unit>& begin) {
    config_mu_.lock_shared();
    begin << csp::unit{};
#if FIXED
    config_mu_.unlock_shared();
    database_cache();
#else
    wait_for_writer();
    database_cache();
    config_mu_.unlock_shared();
#endif
  }

 private:
  void wait_for_writer() {
    while (config_mu_.try_lock_shared()) {
      config_mu_.unlock_shared();
      csp::yield();
    }
  }
  csp::shared_mutex config_mu_;
  int config_ = 0;
};

int main() {
  Executor executor;
  auto begin = csp::make_chan<csp::unit>();
  csp::wait_group wg;
  wg.go([&] { executor.update(1, begin); });
  executor.execute(begin);
  wg.wait();
}
