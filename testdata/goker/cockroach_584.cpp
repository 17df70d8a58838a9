// One way out of the loop keeps the lock.
#include <csp/csp.h>

#include <mutex>

struct Gossip {
  csp::mutex mu;
  bool closed = false;
  void bootstrap() {
    for (;;) {
      mu.lock();  // want "chansan-lock-missing-unlock"
      if (closed) {
#ifdef FIXED
        mu.unlock();
#endif
        break;
      }
      mu.unlock();
    }
  }
  void manage() {
    for (;;) {
      mu.lock();  // want "chansan-lock-double-acquire"
      if (closed) {
        mu.unlock();
        break;
      }
      mu.unlock();
    }
  }
};

int main() {
  Gossip gossip;
  gossip.closed = true;
  csp::go([&] {
    gossip.bootstrap();
    gossip.manage();
  });
  csp::sleep_for(std::chrono::milliseconds(1));
}
