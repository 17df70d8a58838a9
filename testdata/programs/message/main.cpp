// One message over an unbuffered channel.
#include <csp/csp.h>

#include <iostream>
#include <string>

int main() {
  auto messages = csp::make_chan<std::string>();
  csp::go([messages] { messages << "ping"; });
  std::string message;
  messages >> message;
  std::cout << message << '\n';
}
