// Ten goroutines count under a lock; main polls under it.
#include <csp/csp.h>

#include <cstdio>
#include <mutex>

int counter = 0;
csp::mutex mu;

void count() {
  mu.lock();
  counter++;
  std::printf("%d\n", counter);
  mu.unlock();
}

int main() {
  for (int i = 0; i < 10; i++) csp::go(count);
  for (;;) {
    mu.lock();
    const int seen = counter;
    mu.unlock();
    if (seen >= 10) break;
    csp::yield();
  }
}
