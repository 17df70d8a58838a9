#include <csp/csp.h>

int main() {
  csp::wait_group wg;
  for (int i = 0; i < 3; i++) {
    wg.add(1);
    csp::go([&wg] { wg.done(); });
  }
  wg.wait();
}
