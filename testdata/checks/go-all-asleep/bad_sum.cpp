// One goroutine is missing: main waits for a second sum.
#include <csp/csp.h>

#include <iostream>
#include <vector>

void sum(std::vector<int> values, csp::send_chan<int> c) {
  int total = 0;
  for (int value : values) total += value;
  c.send(total);
}

int main() {
  std::vector<int> s = {7, 2, 8, -9, 4, 0};
  auto c = csp::make_chan<int>();
  csp::go(sum, std::vector<int>(s.begin(), s.begin() + 3), c);
  int x = *c.recv();
  int y = *c.recv();  // want "all goroutines are asleep.*waits to receive from 'c'"
  std::cout << x << " " << y << " " << x + y << "\n";
}
