// As messages_buffered, without room: the first send waits for ever.
#include <csp/csp.h>

#include <iostream>
#include <string>

int main() {
  auto messages = csp::make_chan<std::string>(0);
  messages << "buffered";  // lint: go-all-asleep
  messages << "channel";
  std::cout << *messages.recv() << '\n';
  std::cout << *messages.recv() << '\n';
}
