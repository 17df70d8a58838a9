// A copy is called without the lock.
#include <csp/csp.h>

#include <functional>
#include <mutex>

struct Events {
  csp::mutex mu;
  std::function<void()> handler;
  void fire() {
    std::function<void()> copy;
    {
      std::lock_guard lock(mu);
      copy = handler;
    }
    copy();
  }
};
