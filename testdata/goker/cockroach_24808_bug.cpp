// A suggestion is already in the one-slot channel; start() sends another
// before the only reader is started.
#include <csp/csp.h>

struct Compactor {
  csp::chan<int> suggestions = csp::make_chan<int>(1);
  void start() {
    suggestions << 0;  // want "all goroutines are asleep.*whose buffer of 1 is full"
    csp::go([this] { suggestions.recv(); });
  }
};

int main() {
  Compactor compactor;
  compactor.suggestions << 1;
  compactor.start();
}
