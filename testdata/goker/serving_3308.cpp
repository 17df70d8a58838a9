// The prober's log function is swapped by the next test.
#include <csp/csp.h>
#include <functional>
static std::function<int()> transport_factory = [] { return 1; };
void probe(csp::chan<bool> result) { result.send(transport_factory() == 1); }  // want "chansan-race-shared-global"
int main() {
  auto result = csp::make_chan<bool>(1);
  csp::go(probe, result);
#ifdef FIXED
  result.recv();
  transport_factory = [] { return 2; };
#else
  transport_factory = [] { return 2; };
  result.recv();
#endif
}
