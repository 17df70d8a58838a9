// A close is before the receive that sees it.
#include <csp/csp.h>

#include <iostream>
#include <string>

csp::chan<csp::unit> done = csp::make_chan<csp::unit>();
std::string a;

int main() {
  csp::go([] {
    a = "hello, world";
    done.close();
  });
  done.recv();
  std::cout << a << "\n";
}
