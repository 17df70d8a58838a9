// stop() locks and does not unlock on its normal path; the second call blocks.
// deadlock: self deadlock
#include <csp/csp.h>

struct Server {
  csp::mutex mu;
  void stop() {
    mu.lock();  // knot: sync.Mutex.Lock
#if FIXED
    mu.unlock();
#endif
  }
};

int main() {
  Server server;
  server.stop();
  server.stop();
}
