// A worker signals over a channel that it is done.
#include <csp/csp.h>

#include <chrono>
#include <cstdio>

using namespace std::chrono_literals;

void work(csp::send_chan<bool> done) {
  std::puts("working...");
  csp::sleep_for(5ms);
  std::puts("done");
  done << true;
}

int main() {
  auto done = csp::make_chan<bool>(1);
  csp::go(work, done);
  done.recv();
}
