#include <csp/csp.h>

#include <string>

// Written by a goroutine and, with no order between them, by main.
int greetings = 0;

void greet(csp::send_chan<std::string> out) {
  ++greetings;
  out << GREETING;
}
