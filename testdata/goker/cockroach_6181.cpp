// Formatting takes the lock for reading that the caller has.
#include <csp/csp.h>

#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>

struct RangeCache {
  csp::shared_mutex mu;
  int entries = 0;
  std::string text() {
    std::shared_lock lock(mu);  // want "chansan-lock-recursive-rlock"
    return std::to_string(entries);
  }
  void lookup() {
    {
      std::shared_lock lock(mu);
#ifndef FIXED
      text();
#endif
    }
    std::unique_lock lock(mu);
    ++entries;
  }
};

int main() {
  RangeCache cache;
  csp::wait_group wg;
  for (int i = 0; i < 2; ++i) {
    wg.add(1);
    csp::go([&] {
      cache.lookup();
      wg.done();
    });
  }
  wg.wait();
}
