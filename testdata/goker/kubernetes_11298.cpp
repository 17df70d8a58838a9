// The broadcaster waits for a signal with the lock held by whoever should
// signal; once-only signalling is missed.
#include <csp/csp.h>
#include <functional>
#include <memory>
#include <mutex>
class Node {
 public:
  csp::mutex mu;
  csp::condition_variable cv;
  csp::recv_chan<csp::unit> done;
  bool ready = false;
};
class NotifierAction {
 public:
  csp::chan<csp::unit> wait_ch = csp::make_chan<csp::unit>();
};
struct Notifier {
  csp::mutex lock;
  csp::condition_variable changed;
  int desired = 0, current = 0;
  bool stopped = false;
  void notify() {
    std::unique_lock<csp::mutex> g(lock);
    while (desired == current && !stopped) changed.wait(g);
    current = desired;
  }
  void run(csp::recv_chan<int> ch, csp::chan<csp::unit> done) {
    csp::go([this, done] {
      while (!is_stopped()) notify();
      done.close();
    });
    for (;;) {
      int v = 0;
      if (!(ch >> v)) break;
      std::lock_guard<csp::mutex> g(lock);
      desired = v;
      changed.notify_one();
    }
    std::lock_guard<csp::mutex> g(lock);
    stopped = true;
#ifdef FIXED
    changed.notify_one();
#endif
  }
  bool is_stopped() {
    std::lock_guard<csp::mutex> g(lock);
    return stopped;
  }
};
int main() {
  auto n = std::make_shared<Notifier>();
  auto ch = csp::make_chan<int>(1);
  auto done = csp::make_chan<csp::unit>();
  csp::go([=] { n->run(ch, done); });
  ch.send(1);
  ch.close();
  done.recv();  // want "chansan-go-all-asleep"
}
