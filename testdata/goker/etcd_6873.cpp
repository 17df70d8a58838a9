// Closing asks for the lock that a watch's broadcast holds while it waits.
#include <csp/csp.h>

#include <memory>
#include <mutex>

struct Broadcasts {
  csp::mutex mu;
  csp::chan<int> updates = csp::make_chan<int>();
  csp::chan<csp::unit> done = csp::make_chan<csp::unit>();

  void run() {
    csp::go([this] {
      for (auto update : updates) {
        (void)update;
        std::lock_guard lock(mu);
      }
      done.close();
    });
  }
  void stop() {
#ifdef FIXED
    { std::lock_guard lock(mu); }
    updates.close();
#else
    std::lock_guard lock(mu);
    updates.close();
#endif
    done.recv();  // want "chansan-go-all-asleep"
  }
  void update() { updates << 1; }
};

int main() {
  auto all = std::make_shared<Broadcasts>();
  all->run();
  all->update();
  all->stop();
}
