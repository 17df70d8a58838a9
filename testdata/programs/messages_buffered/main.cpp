// Two messages over a channel that has room for both: nobody need be waiting.
#include <csp/csp.h>

#include <iostream>
#include <string>

int main() {
  auto messages = csp::make_chan<std::string>(2);
  messages << "buffered";
  messages << "channel";
  std::cout << *messages.recv() << '\n';
  std::cout << *messages.recv() << '\n';
}
