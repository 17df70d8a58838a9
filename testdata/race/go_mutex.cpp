// Ten goroutines count; the racy twin without the lock.
#include <csp/csp.h>

int counter = 0;
csp::mutex guard;

int main() {
  csp::wait_group all;
  for (int i = 0; i < 10; ++i) {
    all.add();
    csp::go([&] {
#ifndef RACY
      guard.lock();
#endif
      ++counter;
#ifndef RACY
      guard.unlock();
#endif
      all.done();
    });
  }
  all.wait();
  return counter > 0 ? 0 : 1;
}
