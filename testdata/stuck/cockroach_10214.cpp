// One goroutine locks the queue and then a replica, the other a replica and
// then the queue.
// deadlock: lock cycle
#include <csp/csp.h>

#include <mutex>

int main() {
  csp::mutex queue;
  csp::mutex replica;
  csp::wait_group wg;
  auto gate = csp::make_chan<csp::unit>();
  wg.go([&] {
#if FIXED
    {
      std::lock_guard held(queue);
    }
    gate << csp::unit{};
    std::lock_guard inner(replica);
#else
    std::lock_guard held(queue);
    gate << csp::unit{};
    std::lock_guard inner(replica);  // knot: sync.Mutex.Lock
#endif
  });
  wg.go([&] {
    std::lock_guard held(replica);
    gate.recv();
    std::lock_guard inner(queue);  // knot: sync.Mutex.Lock
  });
  wg.wait();  // stuck: sync.WaitGroup.Wait
}
