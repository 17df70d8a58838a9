// The worker forgets to say so.
#include <csp/csp.h>

#include <chrono>
#include <iostream>

void worker(csp::chan<bool> done) {
  (void)done;
  std::cout << "working...";
  csp::sleep_for(std::chrono::milliseconds(10));
  std::cout << "done\n";
}

int main() {
  auto done = csp::make_chan<bool>(1);
  csp::go(worker, done);
  done.recv();  // want "all goroutines are asleep.*waits to receive from 'done'"
}
