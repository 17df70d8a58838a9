// A copy each; or the goroutine has ended before the loop goes on.
#include <csp/csp.h>

#include <cstdio>

int main() {
  csp::wait_group wg;
  for (int i = 0; i < 3; i++) {
    wg.go([i] { std::printf("%d\n", i); });
  }
  wg.wait();
  for (int i = 0; i < 3; i++) {
    wg.go([&] { std::printf("%d\n", i); });
    wg.wait();
  }
}
