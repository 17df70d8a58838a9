// With a buffer the send need not wait for the receive: nothing is published.
#include <csp/csp.h>

#include <iostream>
#include <string>

auto c = csp::make_chan<int>(1);
std::string a;

void f() {
  a = "hello, world";
  c.recv();
}

int main() {
  csp::go(f);
  c.send(0);
  std::cout << a << "\n";  // want "data race on 'a'"
}
