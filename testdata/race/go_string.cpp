// A string that is published by a channel.
#include <csp/csp.h>

#include <iostream>
#include <string>

#ifdef RACY
constexpr int kCapacity = 1;
#else
constexpr int kCapacity = 0;
#endif

std::string text;

int main() {
  auto channel = csp::make_chan<int>(kCapacity);
  csp::go([=] {
    text = "hello, world";
    channel.recv();
  });
  channel.send(0);
  std::cout << text << '\n';
  return 0;
}
