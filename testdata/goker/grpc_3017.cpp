// The callback sees that it was aborted and returns with the lock held.
#include <csp/csp.h>

#include <memory>
#include <mutex>

struct Cache {
  csp::mutex mu;
  bool aborted = false;
  bool scheduled = false;

  void remove(csp::chan<csp::unit> done) {
    mu.lock();
    scheduled = true;
    csp::go([this, done] {
      mu.lock();  // want "chansan-lock-missing-unlock"
      if (aborted) {
#ifdef FIXED
        mu.unlock();
#endif
        done.close();
        return;
      }
      mu.unlock();
      done.close();
    });
    mu.unlock();
  }
  void add() {
    std::lock_guard lock(mu);
    if (scheduled) aborted = true;
  }
  int size() {
    std::lock_guard lock(mu);  // want "chansan-go-all-asleep"
    return scheduled;
  }
};

int main() {
  Cache cache;
  auto done = csp::make_chan<csp::unit>();
  cache.remove(done);
  cache.add();
  done.recv();
  cache.size();
}
