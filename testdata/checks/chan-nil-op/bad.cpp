// A channel that was never made: the goroutine waits for ever.
#include <csp/csp.h>

#include <cstdio>

int main() {
  csp::chan<int> log;
  auto done = csp::make_chan<csp::unit>();
  csp::go([=] {
    done << csp::unit{};
    log << 1;  // want "this waits for ever: a send on a nil channel"
  });
  done.recv();
  std::puts("done");
}
