// The goroutine's thread waits for another thread.
#include <csp/csp.h>

#include <thread>

void work();

void run() {
  csp::go([] {
    std::thread other(work);
    other.join();  // want "blocks the goroutine's OS thread"
  });
}
