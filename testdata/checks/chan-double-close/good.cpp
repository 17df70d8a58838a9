// Only the sender closes; or the program expects the error.
#include <csp/csp.h>

#include <cstdio>

int main() {
  auto c = csp::make_chan<int>();
  csp::go([c] {
    c << 1;
    c.close();
  });
  c.recv();
  c.recv();
  try {
    c.close();
  } catch (const csp::channel_error& error) {
    std::puts(error.what());
  }
}
