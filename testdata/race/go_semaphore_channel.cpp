// A channel of capacity one is a lock; one of capacity two is not, also when
// its elements have no size.
#include <csp/csp.h>

#ifdef RACY
constexpr int kCapacity = 2;
#else
constexpr int kCapacity = 1;
#endif

int value = 0;

int main() {
  auto lock = csp::make_chan<csp::unit>(kCapacity);
  auto done = csp::make_chan<csp::unit>();
  for (int i = 0; i < 2; ++i) {
    csp::go([=] {
      lock.send({});
      ++value;
      lock.recv();
      done.send({});
    });
  }
  done.recv();
  done.recv();
  return 0;
}
