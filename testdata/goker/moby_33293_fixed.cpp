// There is room for the error.
#include <csp/csp.h>

#include <cstdlib>

csp::chan<int> container_wait() {
  auto error = csp::make_chan<int>(1);
  if (std::rand() % 2 == 0) {
    error << 1;
    return error;
  }
  csp::go([error] { error << 0; });
  return error;
}

int main() { container_wait().recv(); }
