// A one-slot channel that is full is sent to before its reader is started.
// deadlock: no receiver left
#include <csp/csp.h>

struct Compactor {
  csp::chan<int> suggestions = csp::make_chan<int>(1);
  csp::wait_group reader;
  void start() {
#if FIXED
    read();
#endif
    suggestions << 0;  // knot: chan send
#if !FIXED
    read();
#endif
    reader.wait();
  }
  void read() {
    reader.go([this] {
      suggestions.recv();
      suggestions.recv();
    });
  }
};

int main() {
  Compactor compactor;
  compactor.suggestions << 1;
  compactor.start();
}
