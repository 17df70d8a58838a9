// The producer forgets to close.
#include <csp/csp.h>

#include <iostream>

void fibonacci(int n, csp::chan<int> c) {
  int x = 0, y = 1;
  for (int i = 0; i < n; i++) {
    c << x;
    int next = x + y;
    x = y;
    y = next;
  }
}

int main() {
  auto c = csp::make_chan<int>(10);
  csp::go(fibonacci, static_cast<int>(c.cap()), c);
  for (auto i : c) {  // want "this range never ends: nothing closes 'c'"
    std::cout << i << "\n";
  }
}
