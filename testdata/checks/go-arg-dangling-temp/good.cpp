// The goroutine owns the string.
#include <csp/csp.h>

#include <string>

void print(const std::string&);
void write_text(const char*);
std::string name();

void run() {
  csp::go(print, name());
  csp::go([text = name()] { write_text(text.c_str()); });
  csp::go(write_text, "literal");
}
