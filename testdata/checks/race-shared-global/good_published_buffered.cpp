// A buffered channel publishes the string: the send is before its receive.
#include <csp/csp.h>

#include <iostream>
#include <string>

auto c = csp::make_chan<int>(10);
std::string a;

void f() {
  a = "hello, world";
  c << 0;
}

int main() {
  csp::go(f);
  c.recv();
  std::cout << a << "\n";
}
