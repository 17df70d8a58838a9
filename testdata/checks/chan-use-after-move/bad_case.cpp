// A select's case takes the value, chosen or not.
#include <csp/csp.h>

#include <string>

void use(const std::string&);

void offer(csp::send_chan<std::string> out, csp::recv_chan<int> quit) {
  std::string name = "a";
  csp::select(csp::send_case(out, std::move(name)), csp::recv_case(quit));
  use(name);  // want "'name' is used after it was moved"
}
