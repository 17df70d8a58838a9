// Always a before b.
#include <csp/csp.h>

#include <mutex>

csp::mutex a;
csp::mutex b;

int main() {
  csp::wait_group wg;
  wg.add(2);
  for (int i = 0; i < 2; i++) {
    csp::go([&] {
      std::lock_guard first(a);
      std::lock_guard second(b);
      wg.done();
    });
  }
  wg.wait();
}
