// Handed over.
#include <csp/csp.h>

#include <thread>

void work();

void run() {
  csp::go([] {
    std::thread other(work);
    csp::blocking([&] { other.join(); });
  });
}
