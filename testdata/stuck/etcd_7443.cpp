// The balancer notifies with its lock held; the only reader needs that lock.
// deadlock: channel and lock
#include <csp/csp.h>

#include <mutex>

struct Balancer {
  csp::shared_mutex mu;
  csp::chan<int> notify = csp::make_chan<int>(1);
  void up(int address) {
    std::unique_lock held(mu);
#if FIXED
    held.unlock();
#endif
    notify << address;  // knot: chan send
  }
};

int main() {
  Balancer balancer;
  csp::wait_group wg;
  auto gate = csp::make_chan<csp::unit>(1);
  wg.go([&] {
    balancer.up(1);
    gate << csp::unit{};
    balancer.up(2);
  });
  wg.go([&] {
    gate.recv();
    csp::yield();
    balancer.mu.lock();  // knot: sync.RWMutex.Lock
    balancer.mu.unlock();
    for (int i = 0; i < 2; ++i) balancer.notify.recv();
  });
  wg.wait();  // stuck: sync.WaitGroup.Wait
}
