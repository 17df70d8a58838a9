// The first ten Fibonacci numbers over a channel that is closed after them.
#include <csp/csp.h>

#include <cstddef>
#include <cstdio>

void fibonacci(std::size_t count, csp::send_chan<int> out) {
  int x = 0;
  int y = 1;
  for (std::size_t i = 0; i < count; ++i) {
    out << x;
    const int next = x + y;
    x = y;
    y = next;
  }
  out.close();
}

int main() {
  auto numbers = csp::make_chan<int>(10);
  csp::go(fibonacci, numbers.cap(), numbers);
  for (int number : numbers) {
    std::printf("%d\n", number);
  }
}
