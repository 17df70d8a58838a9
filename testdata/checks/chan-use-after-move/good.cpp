// Measured before, or set anew.
#include <csp/csp.h>

#include <string>

std::size_t pass_on(csp::chan<std::string> out, std::string line) {
  const std::size_t size = line.size();
  out << std::move(line);
  line = "sent";
  return size + line.size();
}
