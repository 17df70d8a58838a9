// In a select a nil channel is a case that is switched off.
#include <csp/csp.h>

#include <cstdio>

int main() {
  csp::chan<int> log;
  auto done = csp::make_chan<csp::unit>();
  csp::go([=] { done << csp::unit{}; });
  csp::select(csp::recv_case(log), csp::recv_case(done));
  log = csp::make_chan<int>(1);
  log << 1;
  std::puts("done");
}
