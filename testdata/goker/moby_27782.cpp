// The follower waits for a condition that only the reader broadcasts, and the
// reader for the follower to take its event.
#include <csp/csp.h>

#include <memory>
#include <mutex>

struct Watcher {
  csp::mutex mu;
  csp::condition_variable cv;
  bool finished = false;
  csp::chan<int> events = csp::make_chan<int>();
  csp::chan<csp::unit> closed = csp::make_chan<csp::unit>();

  void read_events() {
#ifdef FIXED
    csp::select(csp::send_case(events, 1), csp::recv_case(closed));
#else
    events << 1;
#endif
    std::lock_guard lock(mu);
    finished = true;
    cv.notify_all();
  }
  void remove() {
#ifdef FIXED
    closed.close();
#endif
    std::unique_lock lock(mu);
    while (!finished) cv.wait(lock);
  }
};

int main() {
  auto watcher = std::make_shared<Watcher>();
  auto done = csp::make_chan<csp::unit>();
  csp::go([watcher] { watcher->read_events(); });
  csp::go([watcher, done] {
    watcher->remove();
    done.close();
  });
  done.recv();  // want "chansan-go-all-asleep"
}
