// The locks of addresses are kept in a map under a lock, and are taken and
// given back with that one held.
// deadlock: lock cycle
#include <csp/csp.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>

class RemoteLock {
 public:
  void lock_url(const std::string& url) {
    std::unique_lock held(mu_);
    std::unique_ptr<csp::mutex>& own = locks_[url];
    if (!own) own = std::make_unique<csp::mutex>();
#if FIXED
    csp::mutex& lock = *own;
    held.unlock();
    lock.lock();
#else
    own->lock();  // knot: sync.Mutex.Lock
#endif
  }
  void unlock_url(const std::string& url) {
    std::lock_guard held(mu_);  // knot: sync.RWMutex.Lock
    locks_.at(url)->unlock();
  }
  // Whether somebody else has the map just now.
  bool is_busy() {
    if (!mu_.try_lock()) return true;
    mu_.unlock();
    return false;
  }

 private:
  csp::shared_mutex mu_;
  std::map<std::string, std::unique_ptr<csp::mutex>> locks_;
};

RemoteLock remote;

int main() {
  csp::wait_group wg;
  auto has_it = csp::make_chan<csp::unit>();
  wg.go([=] {
    remote.lock_url("a");
    has_it.close();
#if !FIXED
    while (!remote.is_busy()) csp::yield();
#endif
    remote.unlock_url("a");
  });
  wg.go([=] {
    has_it.recv();
    remote.lock_url("a");
    remote.unlock_url("a");
  });
  wg.wait();  // stuck: sync.WaitGroup.Wait
}
