// wait() may see zero before the goroutine has counted itself.
#include <csp/csp.h>

int main() {
  csp::wait_group wg;
  csp::go([&] {
    wg.add(1);  // want "add\(\) as a goroutine's first act" "races with the wait"
    wg.done();
  });
  wg.wait();
}
