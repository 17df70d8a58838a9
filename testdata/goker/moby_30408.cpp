// The error is set and nobody is told.
#include <csp/csp.h>

#include <memory>
#include <mutex>

struct Plugin {
  csp::mutex mu;
  csp::condition_variable activated;
  int error = 0;
  bool ready = false;
  void activate() {
    std::lock_guard lock(mu);
    error = 1;
#ifdef FIXED
    ready = true;
    activated.notify_all();
#endif
  }
  void wait_active() {
    std::unique_lock lock(mu);
    while (!ready) activated.wait(lock);
  }
};

int main() {
  auto plugin = std::make_shared<Plugin>();
  auto done = csp::make_chan<csp::unit>();
  csp::go([=] {
    plugin->wait_active();
    done.close();
  });
  plugin->activate();
  done.recv();  // want "chansan-go-all-asleep"
}
