// Pop holds the queue and calls a handler that locks the informer; who holds
// the informer asks the queue.
#include <csp/csp.h>

#include <functional>
#include <mutex>
#include <shared_mutex>

struct Queue {
  csp::shared_mutex lock;
  std::function<void()> process;
  void pop() {
#ifdef FIXED
    { std::unique_lock guard(lock); }
    process();
#else
    std::unique_lock guard(lock);
    process();
#endif
  }
  bool has_synced() {
    std::unique_lock guard(lock);
    return true;
  }
};

struct Informer {
  csp::mutex lock;
  Queue* queue;
  void handle() { std::lock_guard guard(lock); }
  void reconcile() {
    std::lock_guard guard(lock);
    queue->has_synced();
  }
};

int main() {
  Queue queue;
  Informer informer;
  informer.queue = &queue;
  queue.process = [&informer] { informer.handle(); };
  csp::wait_group wg;
  wg.go([&] { queue.pop(); });
  wg.go([&] { informer.reconcile(); });
  wg.wait();  // want "chansan-go-all-asleep"
}
