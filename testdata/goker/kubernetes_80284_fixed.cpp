// The callback is assigned under a lock.
#include <csp/csp.h>

#include <mutex>

struct Config {
  csp::mutex mu;
  int (*dial)() = nullptr;
  void update(int (*next)()) {
    std::lock_guard guard(mu);
    dial = next;
  }
};

int first() { return 1; }
int second() { return 2; }

int main() {
  Config config;
  csp::wait_group wg;
  wg.go([&] { config.update(first); });
  wg.go([&] { config.update(second); });
  wg.wait();
}
