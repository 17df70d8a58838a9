#include <csp/csp.h>

#include <iostream>
#include <string>

extern int greetings;
void greet(csp::send_chan<std::string> out);

int main() {
  // Room for one: the send waits for nobody, and orders nothing after it.
  auto messages = csp::make_chan<std::string>(1);
  csp::go(greet, messages);
  ++greetings;
  std::cout << *messages.recv() << '\n';
}
