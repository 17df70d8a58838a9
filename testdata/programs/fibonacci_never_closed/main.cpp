// As fibonacci, without the close: the range waits for an eleventh number.
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
}

int main() {
  auto numbers = csp::make_chan<int>(10);
  csp::go(fibonacci, numbers.cap(), numbers);
  for (int number : numbers) {  // lint: chan-range-never-closed
    std::printf("%d\n", number);
  }
}
