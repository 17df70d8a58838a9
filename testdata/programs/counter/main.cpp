// Ten goroutines count under a mutex; main polls until all have counted.
#include <csp/csp.h>

#include <cstdio>
#include <mutex>

csp::mutex guard;
int counter = 0;

void count() {
  std::lock_guard lock(guard);
  ++counter;
  std::printf("%d\n", counter);
}

int main() {
  for (int i = 0; i < 10; ++i) csp::go(count);
  for (;;) {
    guard.lock();
    const int reached = counter;
    guard.unlock();
    csp::yield();
    if (reached >= 10) break;
  }
  std::puts("all counted");
}
