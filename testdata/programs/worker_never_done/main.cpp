// As worker_done, without the signal: main waits for ever.
#include <csp/csp.h>

#include <chrono>
#include <cstdio>

using namespace std::chrono_literals;

void work(csp::send_chan<bool>) {
  std::puts("working...");
  csp::sleep_for(5ms);
  std::puts("done");
}

int main() {
  auto done = csp::make_chan<bool>(1);
  csp::go(work, done);
  done.recv();  // lint: go-all-asleep
}
