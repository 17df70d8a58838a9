// The function of a once is ordered before every return of call.
#include <csp/csp.h>

int value = 0;
csp::once only;

int main() {
  auto done = csp::make_chan<csp::unit>();
  for (int i = 0; i < 2; ++i) {
    csp::go([=] {
#ifdef RACY
      value = 1;
#else
      only.call([] { value = 1; });
#endif
      if (value != 1) __builtin_trap();
      done.send({});
    });
  }
  done.recv();
  done.recv();
  return 0;
}
