// The cache's lock is held for reading while the reflector waits to write, and
// read again.
#include <csp/csp.h>

#include <memory>
#include <mutex>
#include <shared_mutex>

struct WatchCache {
  csp::shared_mutex mu;
  csp::mutex cacher;
  int events = 0;
  void add() {
    std::unique_lock lock(mu);
    std::lock_guard inner(cacher);
    ++events;
  }
  void list() {
#ifdef FIXED
    std::shared_lock lock(mu);
    std::lock_guard guard(cacher);
#else
    std::lock_guard guard(cacher);
    std::shared_lock lock(mu);  // want "chansan-lock-order-cycle"
#endif
  }
};

int main() {
  auto cache = std::make_shared<WatchCache>();
  csp::wait_group wg;
  wg.go([cache] { cache->add(); });
  wg.go([cache] { cache->list(); });
  wg.wait();  // want "chansan-go-all-asleep"
}
