// By value; or waited for.
#include <csp/csp.h>

void use(int);

void run(int n) {
  int x = n + 1;
  csp::go([x] { use(x); });
}

int ask(int n) {
  int x = n;
  auto done = csp::make_chan<csp::unit>();
  csp::go([&x, done] {
    ++x;
    done.close();
  });
  done.recv();
  return x;
}
