// Setters send when they have given the lock back.
#include <csp/csp.h>

#include <mutex>

struct Manager {
  csp::mutex mu;
  csp::chan<int> updates = csp::make_chan<int>();
  void set(int status) {
    {
      std::lock_guard guard(mu);
    }
    updates << status;
  }
  void sync() {
    updates.recv();
    std::lock_guard guard(mu);
  }
};

int main() {
  Manager manager;
  csp::wait_group wg;
  wg.go([&] {
    manager.sync();
    manager.sync();
  });
  wg.go([&] { manager.set(1); });
  wg.go([&] { manager.set(2); });
  wg.wait();
}
