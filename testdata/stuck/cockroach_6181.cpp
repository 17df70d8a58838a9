// A descriptor is printed under the cache's read lock, and printing takes it
// again; another look-up wants to write in between.
// deadlock: lock cycle
#include <csp/csp.h>

#include <functional>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>

struct RangeCache {
  csp::shared_mutex mu;
  std::string text = "cache";

  std::string to_string() {
    std::shared_lock<csp::shared_mutex> held(mu);  // knot: sync.RWMutex.RLock
    return text;
  }
  void look_up(const std::function<void()>& between) {
    mu.lock_shared();
    between();
#if FIXED
    mu.unlock_shared();
    to_string();
#else
    to_string();
    mu.unlock_shared();
#endif
  }
  void insert() {
    std::unique_lock held(mu);  // knot: sync.RWMutex.Lock
    text += "+";
  }
};

int main() {
  auto cache = std::make_shared<RangeCache>();
  csp::wait_group wg;
  auto reading = csp::make_chan<csp::unit>();
  wg.go([=] {
    cache->look_up([&] {
      reading.close();
#if !FIXED
      while (cache->mu.try_lock_shared()) {
        cache->mu.unlock_shared();
        csp::yield();
      }
#endif
    });
  });
  wg.go([=] {
    reading.recv();
    cache->insert();
  });
  wg.wait();  // stuck: sync.WaitGroup.Wait
}
