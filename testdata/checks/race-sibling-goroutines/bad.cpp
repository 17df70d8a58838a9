// Each goroutine adds to the same total.
#include <csp/csp.h>

#include <cstdio>

int main() {
  int total = 0;
  csp::wait_group wg;
  for (int i = 0; i < 4; i++) {
    wg.go([&total, i] {
      total += i;  // want "data race on 'total', which several goroutines share"
    });
  }
  wg.wait();
  std::printf("%d\n", total);
}
