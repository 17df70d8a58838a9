// The wait may end for no reason, or not begin in time.
#include <csp/csp.h>

#include <mutex>

struct Gate {
  csp::mutex mu;
  csp::condition_variable cv;
  bool open = false;
  void pass() {
    std::unique_lock lock(mu);
    if (!open) cv.wait(lock);  // want "a wait\(\) that is not in a loop"
  }
};
