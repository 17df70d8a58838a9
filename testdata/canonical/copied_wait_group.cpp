// The goroutine counts down a copy. csp::wait_group refuses to be copied; this
// one of a project's own does not.
#include <csp/csp.h>

#include <mutex>

struct Latch {
  Latch() = default;
  Latch(const Latch& other) : count(other.count) {}
  void done() {
    std::lock_guard lock(mutex);
    --count;
  }

  csp::mutex mutex;
  int count = 1;
};

#ifndef FIXED
void worker(Latch latch) {  // want "copies 'latch', and with it its lock"
  latch.done();
}
#else
void worker(Latch& latch) { latch.done(); }
#endif

void run() {
  Latch latch;
  worker(latch);  // want "copies 'latch', and with it its lock"
}
