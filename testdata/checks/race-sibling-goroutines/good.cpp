// Under a lock; or each in its own element.
#include <csp/csp.h>

#include <cstdio>
#include <mutex>

int main() {
  int total = 0;
  int part[4] = {};
  csp::mutex mu;
  csp::wait_group wg;
  for (int i = 0; i < 4; i++) {
    wg.go([&, i] {
      part[i] = i;
      std::lock_guard guard(mu);
      total += i;
    });
  }
  wg.wait();
  std::printf("%d %d\n", total, part[3]);
}
