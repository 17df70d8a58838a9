// What the callback does is not known here.
#include <csp/csp.h>

#include <functional>
#include <mutex>

struct Events {
  csp::mutex mu;
  std::function<void()> handler;
  void fire() {
    std::lock_guard lock(mu);
    handler();  // want "a callback is called with 'mu' held"
  }
};
