// Setters send with the lock held; the receiver takes the lock after each
// receive.
// deadlock: channel and lock
#include <csp/csp.h>

#include <mutex>

struct Manager {
  csp::shared_mutex statuses;
  csp::chan<int> channel = csp::make_chan<int>();
  void set(int status) {
    std::unique_lock held(statuses);
#if FIXED
    held.unlock();
#endif
    channel << status;  // knot: chan send
  }
};

int main() {
  Manager manager;
  csp::wait_group wg;
  wg.go([&] {
    manager.channel.recv();
    csp::sleep_for(std::chrono::milliseconds(5));
    manager.statuses.lock();  // knot: sync.RWMutex.Lock
    manager.statuses.unlock();
    manager.channel.recv();
  });
  wg.go([&] {
    for (int i = 0; i < 2; ++i) manager.set(i);
  });
  wg.wait();  // stuck: sync.WaitGroup.Wait
}
