// A stack of its own keeps nothing alive while its goroutine can never run.
// leak: channel cycle
#include <csp/csp.h>

#include <cstdio>

constexpr csp::stack_size kLarge{1 << 20};

[[gnu::noinline]] void start() {
  const auto there = csp::make_chan<int>();
  const auto back = csp::make_chan<int>();
  csp::go(kLarge, [there, back] {
    there.recv();  // knot: chan receive
    back << 1;
  });
  csp::go(kLarge, [there, back] {
#if !FIXED
    back.recv();  // knot: chan receive
#endif
    there << 1;
#if FIXED
    back.recv();
#endif
  });
}

int main() {
  start();
  csp::sleep_for(std::chrono::milliseconds(2));
  const std::size_t expected = FIXED ? 0 : 2;
  if (csp::leak::check() != expected) std::puts("check() counts otherwise");
}
