// The watcher's result has no reader until the event that never comes.
#include <csp/csp.h>

struct Watcher {
  csp::chan<int> input = csp::make_chan<int>();
  csp::chan<csp::unit> done = csp::make_chan<csp::unit>();
  void process() {
    for (;;) {
      const int chosen =
          csp::select(csp::recv_case(input), csp::recv_case(done));
      if (chosen == 1) return;
    }
  }
};

int main() {
  Watcher watcher;
  auto ended = csp::make_chan<csp::unit>();
  csp::go([&] {
    watcher.process();
    ended.close();
  });
  watcher.input << 1;
#ifdef FIXED
  watcher.done.close();
#endif
  ended.recv();  // want "chansan-go-all-asleep"
}
