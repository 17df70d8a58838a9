// As counter, without the lock: every increment races with the others and
// with main's look at it.
#include <csp/csp.h>

#include <cstdio>

int counter = 0;

void count() {
  ++counter;  // lint: race-shared-global
}

int main() {
  for (int i = 0; i < 10; ++i) csp::go(count);
  // An increment may get lost, so the number alone cannot be waited for.
  while (counter < 10 && csp::num_goroutine() > 1) csp::yield();
  std::puts("all counted");
}
