// A hundred thousand goroutines blocked on one channel, then all released.
#include <csp/csp.h>

#include <cstdio>

int main() {
  constexpr int kGoroutines = 100'000;
  auto release = csp::make_chan<csp::unit>();
  auto released = csp::make_chan<int>();
  for (int i = 0; i < kGoroutines; ++i) {
    csp::go([release, released] {
      release.recv();
      released << 1;
    });
  }
  release.close();
  int count = 0;
  for (int i = 0; i < kGoroutines; ++i) count += *released.recv();
  std::printf("%d released\n", count);
}
