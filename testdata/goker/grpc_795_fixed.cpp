// Every path gives the lock back.
#include <csp/csp.h>

struct Server {
  csp::mutex mu;
  bool stopped = false;
  void stop() {
    mu.lock();
    if (stopped) {
      mu.unlock();
      return;
    }
    stopped = true;
    mu.unlock();
  }
};

int main() {
  Server server;
  server.stop();
  server.stop();
}
