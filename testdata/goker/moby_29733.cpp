// The waiter loops until a flag is set; who should set it does not.
#include <csp/csp.h>

#include <mutex>

struct Plugin {
  csp::mutex mu;
  csp::condition_variable wait;
  bool activated = false;

  void wait_active() {
    std::unique_lock lock(mu);
    while (!activated) wait.wait(lock);  // want "chansan-go-all-asleep"
  }
  void activate() {
    std::lock_guard lock(mu);
#ifdef FIXED
    activated = true;
    wait.notify_all();
#endif
  }
};

int main() {
  Plugin plugin;
  csp::go([&] { plugin.activate(); });
  plugin.wait_active();
}
