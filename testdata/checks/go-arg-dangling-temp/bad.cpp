// The string ends with the statement.
#include <csp/csp.h>

#include <string>

void print_text(const char*);
std::string name();

void run() {
  csp::go(print_text, name().c_str());  // want "the goroutine gets the address of a temporary"
  csp::go([text = name().data()] { print_text(text); });  // want "the goroutine gets the address of a temporary"
}
