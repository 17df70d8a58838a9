// A queue calls its handler with its lock held, and the handler locks the
// informer; somebody holds the informer and asks the queue; a third comes to
// stop the informer.
// deadlock: lock cycle
#include <csp/csp.h>

#include <mutex>

struct Federation {
  csp::mutex queue;
  csp::shared_mutex informer;
};

int main() {
  Federation all;
  csp::wait_group wg;
  auto gate = csp::make_chan<csp::unit>();
  wg.go([&] {
    std::unique_lock held(all.queue);
    gate << csp::unit{};
#if FIXED
    held.unlock();
#endif
    all.informer.lock();  // knot: sync.RWMutex.Lock
    all.informer.unlock();
  });
  wg.go([&] {
    std::lock_guard held(all.informer);
    gate.recv();
    std::lock_guard inner(all.queue);  // knot: sync.Mutex.Lock
  });
  wg.go([&] {
    csp::sleep_for(std::chrono::milliseconds(5));
    all.informer.lock();  // stuck: sync.RWMutex.Lock
    all.informer.unlock();
  });
  wg.wait();  // stuck: sync.WaitGroup.Wait
}
