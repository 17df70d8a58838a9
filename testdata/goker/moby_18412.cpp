// A goroutine writes the error that the caller returns.
#include <csp/csp.h>

int attach(csp::chan<csp::unit> hijacked) {
  int error = 0;
  auto done = csp::make_chan<csp::unit>();
  csp::go([&] {
    error = 1;
    done.close();
  });
#ifdef FIXED
  done.recv();
#else
  hijacked.recv();
#endif
  return error;  // want "chansan-race-ref-capture-after-spawn"
}

int main() {
  auto hijacked = csp::make_chan<csp::unit>();
  csp::go([=] { hijacked.close(); });
  attach(hijacked);
}
