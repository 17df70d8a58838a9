#include <csp/csp.h>

#include <cstdio>

int main() {
  int answer = 0;
  auto done = csp::make_chan<csp::unit>();
  csp::go([&answer, done] {
    answer = 42;
    done << csp::unit{};
  });
  done.recv();
  std::printf("%d\n", answer);
}
