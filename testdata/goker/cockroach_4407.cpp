// Workers add to the group that the stopper waits for already.
#include <csp/csp.h>

#include <memory>
#include <mutex>

struct Stopper {
  csp::wait_group drain;
  csp::mutex mu;
  bool draining = false;

  void stop() {
#ifdef FIXED
    {
      std::lock_guard lock(mu);
      draining = true;
    }
#endif
    drain.wait();
  }
  bool run_task() {
#ifdef FIXED
    std::lock_guard lock(mu);
    if (draining) return false;
#endif
    drain.add(1);  // want "chansan-wg-add-races-wait"
    return true;
  }
  void finish() { drain.done(); }
};

int main() {
  auto stopper = std::make_shared<Stopper>();
  csp::go([stopper] {
    if (!stopper->run_task()) return;
    stopper->finish();
  });
  stopper->stop();
}
