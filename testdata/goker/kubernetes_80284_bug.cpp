// Two goroutines assign the same callback.
#include <csp/csp.h>

struct Config {
  int (*dial)() = nullptr;
  void update(int (*next)()) {
    dial = next;  // want "data race on 'config.dial', which several goroutines share"
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
