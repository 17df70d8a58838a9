// As messages_buffered, with room for one: the second send waits for ever.
#include <csp/csp.h>

#include <iostream>
#include <string>

int main() {
  auto messages = csp::make_chan<std::string>(1);
  messages << "buffered";
  messages << "channel";  // lint: go-all-asleep
  std::cout << *messages.recv() << '\n';
  std::cout << *messages.recv() << '\n';
}
