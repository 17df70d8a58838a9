// Without a buffer the first send waits for ever.
#include <csp/csp.h>

#include <iostream>
#include <string>

int main() {
  csp::chan<std::string> messages = csp::make_chan<std::string>(0);
  messages.send("buffered");  // want "all goroutines are asleep.*waits to send on 'messages', and nobody comes to receive"
  messages.send("channel");
  std::cout << *messages.recv() << "\n";
  std::cout << *messages.recv() << "\n";
}
