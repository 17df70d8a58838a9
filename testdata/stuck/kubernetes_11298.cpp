// The one who would tell that it is time waits for the lock's condition, which
// only those who wait to be told would signal.
// deadlock: channel and condition variable
#include <csp/csp.h>

#include <functional>
#include <mutex>

struct Notifier {
  csp::mutex mu;
  csp::condition_variable changed;
  bool elected = false;
  csp::chan<csp::unit> notified = csp::make_chan<csp::unit>();

  void wait_for_master() {
    std::unique_lock held(mu);
    changed.wait(held, [this] { return elected; });  // knot: sync.Cond.Wait
    notified << csp::unit{};
  }
  void serve() {
#if !FIXED
    notified.recv();  // knot: chan receive
#endif
    {
      std::lock_guard held(mu);
      elected = true;
    }
    changed.notify_one();
#if FIXED
    notified.recv();
#endif
  }
};

int main() {
  Notifier notifier;
  csp::wait_group wg;
  wg.go(std::bind_front(&Notifier::wait_for_master, &notifier));
  wg.go(std::bind_front(&Notifier::serve, &notifier));
  wg.wait();  // stuck: sync.WaitGroup.Wait
}
