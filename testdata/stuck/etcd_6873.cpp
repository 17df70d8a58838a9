// Stop waits with the lock held for a goroutine that needs the lock before it
// can see that it is to stop.
// deadlock: channel and lock
#include <csp/csp.h>

#include <map>
#include <mutex>

class Broadcasts {
 public:
  Broadcasts() {
    csp::go([this] {
      for (int watcher : updates_) coalesce(watcher);
      done_.close();
    });
  }
  void add(int watcher) { updates_ << watcher; }
  void stop() {
    mu_.lock();
    updates_.close();
#if FIXED
    mu_.unlock();
    done_.recv();
#else
    done_.recv();  // knot: chan receive
    mu_.unlock();
#endif
  }

 private:
  void coalesce(int watcher) {
    std::lock_guard held(mu_);  // knot: sync.Mutex.Lock
    ++watchers_[watcher];
  }
  csp::mutex mu_;
  std::map<int, int> watchers_;
  csp::chan<int> updates_ = csp::make_chan<int>(1);
  csp::chan<csp::unit> done_ = csp::make_chan<csp::unit>();
};

int main() {
  Broadcasts broadcasts;
  broadcasts.add(1);
  broadcasts.stop();
}
