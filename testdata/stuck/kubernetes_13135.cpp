// A cache's replace tells the cacher with its lock held; the cacher, starting,
// has its own and asks the cache.
// deadlock: lock cycle
#include <csp/csp.h>

#include <functional>
#include <memory>
#include <mutex>

class WatchCache {
 public:
  std::function<void()> on_replace;
  std::function<void()> on_event;

  void replace(const std::function<void()>& between) {
    std::lock_guard held(mu_);
    between();
    if (on_replace) on_replace();
  }
  void process_event() {
    std::lock_guard held(mu_);  // knot: sync.RWMutex.Lock
    if (on_event) on_event();
  }

 private:
  csp::shared_mutex mu_;
};

struct Cacher : std::enable_shared_from_this<Cacher> {
  csp::shared_mutex mu;
  WatchCache cache;
  bool initialized = false;

  void initialize() {
    cache.on_replace = [self = this] {
      std::unique_lock held(self->mu);  // knot: sync.RWMutex.Lock
      self->initialized = true;
    };
  }
  void start_caching(const csp::chan<csp::unit>& locked,
                     const csp::chan<csp::unit>& go_on) {
    std::unique_lock held(mu);
    locked.close();
    go_on.recv();
#if FIXED
    held.unlock();
#endif
    cache.process_event();
  }
};

int main() {
  auto cacher = std::make_shared<Cacher>();
  cacher->initialize();
  auto locked = csp::make_chan<csp::unit>();
  auto go_on = csp::make_chan<csp::unit>();
  csp::wait_group wg;
  wg.go([=] { cacher->start_caching(locked, go_on); });
  wg.go([=] {
    locked.recv();
    cacher->cache.replace([&] { go_on.close(); });
  });
  wg.wait();  // stuck: sync.WaitGroup.Wait
}
