// Each goroutine has its own copy.
#include <csp/csp.h>

#include <memory>

int run() {
  auto config = std::make_shared<int>(1);
  csp::wait_group wg;
  wg.go([config] { (void)*config; });
  config = nullptr;
  wg.wait();
  return 0;
}
