// One message over an unbuffered channel, two over a buffered one.
#include <csp/csp.h>

#include <iostream>
#include <string>

int main() {
  auto messages = csp::make_chan<std::string>();
  csp::go([=] { messages << "ping"; });
  std::cout << *messages.recv() << "\n";

  auto buffered = csp::make_chan<std::string>(2);
  buffered << "buffered";
  buffered << "channel";
  std::cout << *buffered.recv() << "\n";
  std::cout << *buffered.recv() << "\n";
}
