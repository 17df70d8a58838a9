// pop() waits for a stop message with the lock held that somebody needs before
// he sends it.
// deadlock: channel and lock
#include <csp/csp.h>

#include <mutex>

int main() {
  csp::mutex lock;
  auto stop = csp::make_chan<csp::unit>();
  auto popping = csp::make_chan<csp::unit>();
  csp::wait_group wg;
  wg.go([&] {
    std::unique_lock held(lock);
    popping << csp::unit{};
#if FIXED
    held.unlock();
#endif
    csp::select(csp::recv_case(stop));  // knot: chan receive
  });
  popping.recv();
  lock.lock();  // knot: sync.Mutex.Lock
  lock.unlock();
  stop.close();
  wg.wait();
}
