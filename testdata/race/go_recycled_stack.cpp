// A goroutine's stack that another one gets has no history there.
#include <csp/csp.h>

void touch(int* there) { *there += 1; }

int* leaked = nullptr;

int main() {
  auto done = csp::make_chan<csp::unit>(1);
  for (int i = 0; i < 200; ++i) {
    csp::go([=] {
      volatile int local[16] = {};
      touch(const_cast<int*>(&local[3]));
#ifdef RACY
      leaked = const_cast<int*>(&local[3]);
#endif
      if (i % 10 == 9) done.send({});
    });
    if (i % 10 == 9) done.recv();
  }
  return leaked == nullptr ? 0 : 0;
}
