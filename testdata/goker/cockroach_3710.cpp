// The scan reads with the lock, and deeper down takes it for reading again; a
// writer comes between.
#include <csp/csp.h>

#include <memory>
#include <mutex>
#include <shared_mutex>

struct Store {
  csp::shared_mutex mu;
  int replicas = 0;
  int raft_status() {
#ifndef FIXED
    std::shared_lock lock(mu);  // want "chansan-lock-recursive-rlock"
#endif
    return replicas;
  }
  void force_scan() {
    std::shared_lock lock(mu);
    raft_status();
  }
  void process() {
    std::unique_lock lock(mu);
    ++replicas;
  }
};

int main() {
  auto store = std::make_shared<Store>();
  csp::go([store] { store->force_scan(); });
  csp::go([store] { store->process(); });
  csp::sleep_for(std::chrono::milliseconds(1));
}
