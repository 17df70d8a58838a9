// One hundred thousand goroutines wait on one channel, then are released.
#include <csp/csp.h>

#include <iostream>

int main() {
  constexpr int kCount = 100000;
  auto start = csp::make_chan<csp::unit>();
  csp::wait_group wg;
  csp::mutex mu;
  int counted = 0;
  for (int i = 0; i < kCount; i++) {
    wg.go([&, start] {
      start.recv();
      mu.lock();
      counted++;
      mu.unlock();
    });
  }
  start.close();
  wg.wait();
  std::cout << counted << "\n";
}
