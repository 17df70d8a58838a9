// An error path goes on to the next round of the loop without unlocking.
// leak: self deadlock
#include <csp/csp.h>

#include <memory>

struct Proxy {
  csp::mutex mu;
  void run() {
    for (int i = 0; i < 2; ++i) {
      mu.lock();  // knot: sync.Mutex.Lock
      const bool dialled = false;
      if (!dialled) {
#if FIXED
        mu.unlock();
#endif
        continue;
      }
      mu.unlock();
    }
  }
};

int main() {
  auto proxy = std::make_shared<Proxy>();
  csp::go([proxy] { proxy->run(); });
}
