// The caller takes an error, or is gone before.
#include <csp/csp.h>

#include <functional>

csp::recv_chan<int> start(std::function<int()> f) {
#ifdef FIXED
  auto result = csp::make_chan<int>(1);
#else
  auto result = csp::make_chan<int>();
#endif
  csp::go([=] { result << f(); });  // want "chansan-chan-orphan-send"
  return result;
}

int main() {
  start([] { return 1; });
}
