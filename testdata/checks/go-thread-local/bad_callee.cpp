// Counts on one OS thread, and counts back on another.
#include <csp/csp.h>

thread_local int depth = 0;

void enter(csp::chan<int> next) {
  ++depth;
  next.recv();
  --depth;  // want "'depth' belongs to the OS thread"
}

int main() {
  auto next = csp::make_chan<int>();
  csp::wait_group all;
  all.add(1);
  csp::go([&all, next] {
    enter(next);
    all.done();
  });
  next << 1;
  all.wait();
}
