// A loop that synchronizes in each turn: its accesses stay where they are.
#include <csp/csp.h>

constexpr int kCount = 50;
int values[kCount];

[[gnu::noinline]] int add_up(const int* from, const csp::chan<int>& ready) {
  int sum = 0;
  for (int i = 0; i < kCount; ++i) {
#ifdef RACY
    sum += from[i];
    ready.recv();
#else
    ready.recv();
    sum += from[i];
#endif
  }
  return sum;
}

int main() {
  const auto ready = csp::make_chan<int>();
  csp::go([=] {
    for (int i = 0; i < kCount; ++i) {
      values[i] = i;
      ready.send(i);
    }
  });
  return add_up(values, ready) < 0 ? 1 : 0;
}
