// Spins until another goroutine, perhaps on the same thread, sets the flag.
#include <csp/csp.h>

#include <atomic>

std::atomic<bool> ready = false;
int turns = 0;

void run() {
  csp::go([] {
    int spins = 0;
    while (!ready.load()) ++spins;  // want "this loop never lets another goroutine run"
    turns = spins;
  });
}
