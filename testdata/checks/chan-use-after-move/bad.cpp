// What was sent belongs to the receiver.
#include <csp/csp.h>

#include <string>

std::size_t pass_on(csp::chan<std::string> out, std::string line) {
  out << std::move(line);
  return line.size();  // want "'line' is used after it was moved into the channel"
}
