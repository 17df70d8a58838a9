// A string written before a send is whole after the receive.
#include <csp/csp.h>

#include <iostream>
#include <string>

auto ready = csp::make_chan<int>(10);
std::string a;

void publish() {
  a = "hello, world";
  ready << 0;
}

int main() {
  csp::go(publish);
  ready.recv();
  std::cout << a << '\n';
}
