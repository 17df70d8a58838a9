// As publish_unbuffered, with room for one: the send waits for nobody, and
// the write of the string races with its read.
#include <csp/csp.h>

#include <iostream>
#include <string>

auto ready = csp::make_chan<int>(1);
std::string a;

void publish() {
  a = "hello, world";
  ready.recv();
}

int main() {
  csp::go(publish);
  ready << 0;
  std::cout << a.size() << '\n';  // lint: race-shared-global
  // Ends only when the goroutine has, so that both accesses are always made.
  while (csp::num_goroutine() > 1) csp::yield();
}
