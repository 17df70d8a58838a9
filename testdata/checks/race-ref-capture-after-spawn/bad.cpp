// The parent reads before it has waited.
#include <csp/csp.h>

#include <cstdio>

int main() {
  int answer = 0;
  auto done = csp::make_chan<csp::unit>();
  csp::go([&answer, done] {
    answer = 42;  // want "data race on the local variable 'answer'"
    done << csp::unit{};
  });
  std::printf("%d\n", answer);
  done.recv();
}
