// Ten goroutines count without a lock; main looks without one too.
#include <csp/csp.h>

#include <cstdio>

int counter = 0;

void count() { counter++; }  // want "data race on 'counter'"

int main() {
  for (int i = 0; i < 10; i++) csp::go(count);
  while (counter < 10) csp::yield();
  std::printf("%d\n", counter);
}
