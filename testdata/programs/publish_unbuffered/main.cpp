// A string written before a receive is whole after the send, if the channel
// has no buffer.
#include <csp/csp.h>

#include <iostream>
#include <string>

auto ready = csp::make_chan<int>();
std::string a;

void publish() {
  a = "hello, world";
  ready.recv();
}

int main() {
  csp::go(publish);
  ready << 0;
  std::cout << a << '\n';
}
