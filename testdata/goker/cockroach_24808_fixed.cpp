// The send does not wait: a suggestion is there already.
#include <csp/csp.h>

struct Compactor {
  csp::chan<int> suggestions = csp::make_chan<int>(1);
  void start() {
    csp::select(csp::send_case(suggestions, 0), csp::default_case());
    csp::go([this] { suggestions.recv(); });
  }
};

int main() {
  Compactor compactor;
  compactor.suggestions << 1;
  compactor.start();
}
