// goexit() from main lets the others run on; when they have ended, the
// program deadlocks.
#include <chrono>
#include <iostream>

#include "csp/csp.h"

int main() {
  csp::go([] {
    csp::sleep_for(std::chrono::milliseconds(1));
    std::cout << "still here" << std::endl;
  });
  csp::goexit();
}
