// The error is sent before the channel has a receiver.
#include <csp/csp.h>

#include <cstdlib>

csp::chan<int> container_wait() {
  auto error = csp::make_chan<int>();
  if (std::rand() % 2 == 0) {
    error << 1;  // want "all goroutines are asleep.*waits to send on 'error'"
    return error;
  }
  csp::go([error] { error << 0; });
  return error;
}

int main() { container_wait().recv(); }
