// Unbuffered: the receive is before the completion of its send.
#include <csp/csp.h>

#include <iostream>
#include <string>

auto c = csp::make_chan<int>();
std::string a;

void f() {
  a = "hello, world";
  c.recv();
}

int main() {
  csp::go(f);
  c.send(0);
  std::cout << a << "\n";
}
