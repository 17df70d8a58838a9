// A worker says over a channel that it is done.
#include <csp/csp.h>

#include <chrono>
#include <iostream>

void worker(csp::chan<bool> done) {
  std::cout << "working...";
  csp::sleep_for(std::chrono::milliseconds(10));
  std::cout << "done\n";
  done << true;
}

int main() {
  auto done = csp::make_chan<bool>(1);
  csp::go(worker, done);
  done.recv();
}
