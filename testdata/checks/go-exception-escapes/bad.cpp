// Nobody catches.
#include <csp/csp.h>

#include <stdexcept>

bool work();

void run() {
  csp::go([] {
    if (!work()) throw std::runtime_error("failed");  // want "this exception leaves the goroutine"
  });
}
