// Yields.
#include <csp/csp.h>

#include <atomic>

std::atomic<bool> ready = false;

void run() {
  csp::go([] {
    while (!ready.load()) csp::yield();
  });
}
