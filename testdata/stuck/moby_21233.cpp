// The consumer of progress stops early; its producers block, and the owner
// waits for them.
// deadlock: channel and wait group
#include <csp/csp.h>

int main() {
  auto progress = csp::make_chan<int>();
  csp::wait_group producers;
  for (int i = 0; i < 2; ++i) {
    producers.go([&, i] {
      progress << i;  // knot: chan send
    });
  }
#if FIXED
  progress.recv();
#endif
  progress.recv();
  producers.wait();  // knot: sync.WaitGroup.Wait
}
