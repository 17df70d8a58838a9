// All goroutines look at the same i, which the loop changes.
#include <csp/csp.h>

#include <cstdio>

int main() {
  csp::wait_group wg;
  for (int i = 0; i < 3; i++) {
    wg.go([&] { std::printf("%d\n", i); });  // want "data race on the loop variable 'i'"
  }
  wg.wait();
}
