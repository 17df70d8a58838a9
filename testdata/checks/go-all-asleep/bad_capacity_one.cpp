// The second send finds the buffer full, and nobody receives.
#include <csp/csp.h>

#include <iostream>
#include <string>

int main() {
  auto buffered = csp::make_chan<std::string>(1);
  buffered << "buffered";
  buffered << "channel";  // want "all goroutines are asleep.*waits to send on 'buffered', whose buffer of 1 is full"
  std::cout << *buffered.recv() << "\n";
  std::cout << *buffered.recv() << "\n";
}
