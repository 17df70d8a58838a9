// A loop is left by a break with the lock held.
// deadlock: owner ended while holding
#include <csp/csp.h>

struct Gossip {
  csp::mutex mu;
  bool closed = true;

  void bootstrap() {
    for (;;) {
      mu.lock();
      if (closed) {
#if FIXED
        mu.unlock();
#endif
        break;
      }
      mu.unlock();
    }
  }
  void manage() {
    for (;;) {
      mu.lock();  // knot: sync.Mutex.Lock
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
  csp::wait_group wg;
  auto booted = csp::make_chan<csp::unit>();
  wg.go([&gossip, booted] {
    gossip.bootstrap();
    booted.close();
  });
  wg.go([&gossip, booted] {
    booted.recv();
    gossip.manage();
  });
  wg.wait();  // stuck: sync.WaitGroup.Wait
}
