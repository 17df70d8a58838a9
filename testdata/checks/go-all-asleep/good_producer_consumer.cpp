// Both sides are slow; the range ends with the close.
#include <csp/csp.h>

#include <chrono>
#include <iostream>

void produce(csp::chan<int> c) {
  for (int i = 0; i < 20; i++) {
    csp::sleep_for(std::chrono::milliseconds(1));
    c << i;
  }
  c.close();
}

void consume(csp::recv_chan<int> c, csp::send_chan<bool> done) {
  for (auto v : c) {
    csp::sleep_for(std::chrono::milliseconds(1));
    std::cout << v << "\n";
  }
  done << true;
}

int main() {
  auto c = csp::make_chan<int>(10);
  auto done = csp::make_chan<bool>();
  csp::go(produce, c);
  csp::go(consume, c, done);
  done.recv();
}
