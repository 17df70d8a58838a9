// sync() holds the write lock and calls something that read-locks it.
// deadlock: self deadlock
#include <csp/csp.h>

#include <mutex>

struct Client {
  csp::shared_mutex mu;
  int endpoints() {
    mu.lock_shared();  // knot: sync.RWMutex.RLock
    mu.unlock_shared();
    return 1;
  }
  void sync() {
#if FIXED
    endpoints();
    std::lock_guard held(mu);
#else
    std::lock_guard held(mu);
    endpoints();
#endif
  }
};

int main() { Client().sync(); }
