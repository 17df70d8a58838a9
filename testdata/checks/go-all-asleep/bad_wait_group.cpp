// Three are counted, two come.
#include <csp/csp.h>

int main() {
  csp::wait_group wg;
  wg.add(3);  // want "add\(3\) for 2 goroutines"
  for (int i = 0; i < 2; i++) csp::go([&wg] { wg.done(); });
  wg.wait();  // want "all goroutines are asleep.*waits for 'wg', whose counter is 1"
}
