// Workers read with the lock; the syncer wants to write between two reads.
#include <csp/csp.h>

#include <memory>
#include <mutex>
#include <shared_mutex>

struct Quota {
  csp::shared_mutex workers;
  int synced = 0;
  void process() {
    std::shared_lock lock(workers);
#ifndef FIXED
    check();
#endif
  }
  void check() {
    std::shared_lock lock(workers);  // want "chansan-lock-recursive-rlock"
  }
  void sync() {
    std::unique_lock lock(workers);
    ++synced;
  }
};

int main() {
  auto quota = std::make_shared<Quota>();
  csp::go([quota] { quota->process(); });
  csp::go([quota] { quota->sync(); });
  csp::sleep_for(std::chrono::milliseconds(1));
}
