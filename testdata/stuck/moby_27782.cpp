// The follower waits for a broadcast that only the reader makes; the reader
// hands over an event that only the follower would take.
// deadlock: channel and condition variable
#include <csp/csp.h>

#include <mutex>

struct Watcher {
  csp::mutex mu;
  csp::condition_variable removed;
  bool is_removed = false;
  csp::chan<int> events = csp::make_chan<int>();
};

int main() {
  Watcher watcher;
  csp::go([&] {
#if !FIXED
    watcher.events << 1;  // knot: chan send
#endif
    std::lock_guard held(watcher.mu);
    watcher.is_removed = true;
    watcher.removed.notify_all();
  });
  std::unique_lock held(watcher.mu);
  while (!watcher.is_removed) {
    watcher.removed.wait(held);  // knot: sync.Cond.Wait
  }
}
