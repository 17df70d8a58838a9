// The breaker's capacity is a plain field that update() and maybe() share.
#include <csp/csp.h>
#include <atomic>
struct Breaker {
#ifdef FIXED
  std::atomic<int> capacity{1};
#else
  int capacity = 1;
#endif
  csp::semaphore sem{1};
  bool maybe() {
    if (capacity == 0) return false;
    sem.acquire();
    sem.release();
    return true;
  }
  void update(int n) { capacity = n; }  // want "chansan-race-sibling-goroutines"
};
int main() {
  Breaker b;
  csp::wait_group g;
  g.add(2);
  auto worker = [&](auto f) {
    csp::go([&g, f] {
      f();
      g.done();
    });
  };
  worker([&b] { b.maybe(); });
  worker([&b] { b.update(3); });
  g.wait();
}
