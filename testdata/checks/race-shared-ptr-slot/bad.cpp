// The pointer is exchanged while another goroutine takes a copy.
#include <csp/csp.h>

#include <memory>

int run() {
  auto config = std::make_shared<int>(1);
  csp::wait_group wg;
  wg.go([&] { config = std::make_shared<int>(2); });  // want "data race on 'config' itself"
  config = nullptr;
  wg.wait();
  return config ? *config : 0;
}
