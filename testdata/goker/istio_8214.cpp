// The writer sets the cached value's expiration while a reader copies it.
#include <csp/csp.h>
#include <atomic>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>
struct Stats {
  std::uint64_t evictions = 0, writes = 0;
};
class LruCache {
 public:
  void set(int key, int value) {
    std::lock_guard<csp::mutex> g(mu_);
    stats_.writes++;  // want "chansan-race-sibling-goroutines"
    entries_[key] = value;
  }
  Stats stats() const {
#ifdef FIXED
    std::lock_guard<csp::mutex> g(mu_);
#endif
    return stats_;
  }

 private:
  mutable csp::mutex mu_;
  Stats stats_;
  std::unordered_map<int, int> entries_;
};
class Cache {
 public:
  LruCache lru;
};
int main() {
  auto c = std::make_shared<Cache>();
  csp::wait_group wg;
  wg.add(2);
  csp::go([c, &wg] {
    c->lru.set(1, 2);
    wg.done();
  });
  csp::go([c, &wg] {
    auto s = c->lru.stats();
    (void)s.writes;
    wg.done();
  });
  wg.wait();
}
