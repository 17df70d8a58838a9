// An idempotent stop returns with the lock held; the second call waits.
#include <csp/csp.h>

struct Server {
  csp::mutex mu;
  bool stopped = false;
  void stop() {
    mu.lock();  // want "deadlock: this locks 'mu' again" "a way out of this function"
    if (stopped) {
      mu.unlock();
      return;
    }
    stopped = true;
  }
};

int main() {
  Server server;
  server.stop();
  server.stop();
}
